using System.Net;
using System.Text;
using System.Xml.Linq;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

public sealed class OperationTests : IAsyncLifetime
{
    private GatewayServer _server = null!;
    private GatewayClient _client = null!;

    private string Facility => _server.Accounts[0].FacilityId;

    public async ValueTask InitializeAsync()
    {
        _server = await Worlds.ServeAsync();
        _client = new GatewayClient(_server);
    }

    [Fact]
    public async Task GetNew_ListsWhatTheFacilityReceived()
    {
        var answer = await _client.GetNewAsync();

        Assert.Equal(0, answer.Result);
        var received = _server.Inboxes.Files(Facility).Where(file => file.Direction == 2).Select(file => file.FileId).ToList();
        Assert.NotEmpty(received);
        Assert.Equal(received, answer.FileIds);
        Assert.Equal(["GetNewTransactionsResult", "xmlTransaction", "errorMessage"], answer.ElementNames);
    }

    [Fact]
    public async Task GetNew_EverythingDownloaded_AnswersNothingNew()
    {
        foreach (var file in _server.Inboxes.Undownloaded(Facility))
            Assert.Equal(0, (await _client.SetDownloadedAsync(file.FileId)).Result);

        var answer = await _client.GetNewAsync();

        Assert.Equal(2, answer.Result);
        Assert.Empty(answer.FileIds);
        Assert.Empty(_server.Inboxes.Undownloaded(Facility));
        Assert.Equal(6, _server.Inboxes.DownloadedCount());
        _server.Inboxes.MarkAllNew();
        Assert.Equal(0, (await _client.GetNewAsync()).Result);
        Assert.Equal(0, _server.Inboxes.DownloadedCount(Facility));
    }

    [Fact]
    public async Task GetNew_IncludingSent_ListsAllFiles()
    {
        await using var server = await Worlds.ServeAsync(change: options => options with { GetNewIncludesSent = true });
        using var client = new GatewayClient(server);

        Assert.Equal(6, (await client.GetNewAsync()).FileIds.Count);
    }

    [Theory]
    [InlineData("fileId")]
    [InlineData("fieldId")]
    public async Task SetDownloaded_EitherName_MovesTheFileToTheOtherStatus(string element)
    {
        var file = _server.First(direction: 1);

        Assert.Equal(0, (await _client.SetDownloadedAsync(file.FileId.ToUpperInvariant(), element)).Result);

        Assert.DoesNotContain(file.FileId, (await _client.SearchAsync(status: 1)).FileIds);
        Assert.Equal([file.FileId], (await _client.SearchAsync(status: 2)).FileIds);
        Assert.True(file.IsDownloaded);
    }

    [Fact]
    public async Task Download_GivesNameAndBytesAndDoesNotAcknowledge()
    {
        var file = _server.First(direction: 1);

        var answer = await _client.DownloadAsync(file.FileId);

        Assert.Equal(0, answer.Result);
        Assert.Equal(["DownloadTransactionFileResult", "fileName", "file", "errorMessage"], answer.ElementNames);
        Assert.Equal(file.FileName, answer["fileName"]);
        Assert.Equal(file.ToBytes(), answer.File);
        Assert.False(file.IsDownloaded);
    }

    [Fact]
    public async Task Download_UnknownFile_IsNotFound()
    {
        Assert.Equal(-6, (await _client.DownloadAsync("b2a1b3b0-0000-0000-0000-000000000000")).Result);
        Assert.Equal(-6, (await _client.DownloadAsync("no guid")).Result);
        Assert.Equal(-6, (await _client.SetDownloadedAsync("no guid")).Result);
        Assert.Equal(-3, (await _client.DownloadAsync("")).Result);
        Assert.Equal(-3, (await _client.CallAsync(GatewayOperation.SetTransactionDownloaded)).Result);
    }

    [Fact]
    public async Task Upload_PutsTheFileIntoTheInboxAsSent()
    {
        var bytes = "<Claim.Submission/>"u8.ToArray();

        var answer = await _client.CallAsync(
            GatewayOperation.UploadTransaction, $"<fileContent>{Convert.ToBase64String(bytes)}</fileContent><fileName>CS mine.xml</fileName>");

        Assert.Equal(0, answer.Result);
        var id = Assert.Single((await _client.SearchAsync(name: "cs MINE.xml")).FileIds);
        Assert.Equal(bytes, (await _client.DownloadAsync(id)).File);
        Assert.Equal(-3, (await _client.CallAsync(GatewayOperation.UploadTransaction, "<fileName>a.xml</fileName>")).Result);
    }

    [Fact]
    public async Task PriorAuthorizations_AreListedByThemselvesAndAmongTheNew()
    {
        Assert.Equal(2, (await _client.CallAsync(GatewayOperation.GetNewPriorAuthorizationTransactions)).Result);
        Assert.Equal(2, (await _client.CallAsync(GatewayOperation.CheckForNewPriorAuthorizationTransactions)).Result);

        var file = _server.Inboxes.Put(Facility, "PA_1.xml", "<Prior.Authorization/>"u8.ToArray(), direction: 2, transactionId: 32);

        Assert.Equal([file.FileId], (await _client.CallAsync(GatewayOperation.GetNewPriorAuthorizationTransactions)).FileIds);
        Assert.Equal(0, (await _client.CallAsync(GatewayOperation.CheckForNewPriorAuthorizationTransactions)).Result);
        Assert.Contains(file.FileId, (await _client.GetNewAsync()).FileIds);
    }

    [Fact]
    public async Task Put_SameNameTwice_IsTwoFiles()
    {
        var first = _server.Inboxes.Put(Facility, "A & 'B' <1>.xml", [1], 2, 8);
        var second = _server.Inboxes.Put(Facility, "A & 'B' <1>.xml", [2], 2, 8);

        Assert.NotEqual(first.FileId, second.FileId);
        Assert.Equal("A & 'B' <1>.xml", (await _client.DownloadAsync(first.FileId))["fileName"]);
        Assert.Equal([2], (await _client.DownloadAsync(second.FileId)).File);
    }

    [Fact]
    public async Task AnyOperation_WrongLoginOrPassword_IsRefused()
    {
        var login = _server.Accounts[0].Login;
        using var wrongPassword = new GatewayClient(_server.Address, login, "wrong");
        using var wrongLogin = new GatewayClient(_server.Address, "nobody", _server.Accounts[0].Password);
        using var noPassword = new GatewayClient(_server.Address, login, "");

        Assert.Equal(-1, (await wrongPassword.GetNewAsync()).Result);
        Assert.Equal(-1, (await wrongPassword.SearchAsync()).Result);
        Assert.Equal(-1, (await wrongPassword.DownloadAsync(_server.First(1).FileId)).Result);
        Assert.Equal(-1, (await wrongPassword.SetDownloadedAsync(_server.First(1).FileId)).Result);
        Assert.Equal(-1, (await wrongPassword.CallAsync(GatewayOperation.UploadTransaction)).Result);
        Assert.Equal(-1, (await wrongLogin.GetNewAsync()).Result);
        Assert.Equal(-3, (await noPassword.GetNewAsync()).Result);
        Assert.False(_server.First(1).IsDownloaded);
    }

    [Fact]
    public async Task SetPassword_FromThenOn_OnlyTheNewOneIsRight()
    {
        _server.Inboxes.SetPassword(Facility, "a<b>&c");
        using var changed = new GatewayClient(_server);

        Assert.Equal(-1, (await _client.GetNewAsync()).Result);
        Assert.Equal(0, (await changed.GetNewAsync()).Result);
        Assert.Equal("a<b>&c", _server.Accounts[0].Password);
        Assert.DoesNotContain("a<b>", $"{_server.Accounts[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facilities_DoNotSeeEachOther()
    {
        using var other = new GatewayClient(_server, facility: 1);
        var mine = _server.First(direction: 2);

        Assert.Equal(-6, (await other.DownloadAsync(mine.FileId)).Result);
        Assert.Equal(-6, (await other.SetDownloadedAsync(mine.FileId)).Result);
        var otherIds = (await other.GetNewAsync()).FileIds;
        Assert.NotEmpty(otherIds);
        Assert.Empty(otherIds.Intersect((await _client.GetNewAsync()).FileIds));
        Assert.False(mine.IsDownloaded);
    }

    [Fact]
    public async Task Request_ElementsMissingAndOutOfOrder_IsUnderstood()
    {
        var answer = await _client.CallAsync(
            GatewayOperation.SearchTransactions,
            "<unknown>1</unknown><TransactionStatus>1</TransactionStatus><transactionID>2</transactionID><direction>1</direction>");

        Assert.Equal(0, answer.Result);
        Assert.NotEmpty(answer.FileIds);
    }

    [Theory]
    [InlineData("<direction></direction>")]
    [InlineData("<direction>1</direction><minRecordCount/>")]
    public async Task Request_EmptyNumber_IsAFault(string elements)
    {
        using var response = await _client.SendAsync(GatewayOperation.SearchTransactions, _client.Signed(elements));

        await AssertFaultAsync(response, "Client");
    }

    [Fact]
    public async Task Request_UnknownOperationOrNoXml_IsAFault()
    {
        using var unknown = await _client.SendAsync("Nothing", "");
        using var noXml = await _client.SendEnvelopeAsync("http://www.eClaimLink.ae/GetNewTransactions", "no xml");

        await AssertFaultAsync(unknown, "Client");
        await AssertFaultAsync(noXml, "Client");
    }

    [Fact]
    public async Task Request_WithoutAction_IsUnderstoodByItsBody()
    {
        using var response = await _client.SendEnvelopeAsync("", $"""
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><x/></s:Header><s:Body>
              <GetNewTransactions xmlns="http://www.eClaimLink.ae/">{_client.Signed("")}</GetNewTransactions>
            </s:Body></s:Envelope>
            """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, _server.Calls.CountOf(GatewayOperation.GetNewTransactions, Facility));
    }

    [Fact]
    public async Task Calls_AreCounted()
    {
        using var other = new GatewayClient(_server, facility: 1);
        await _client.GetNewAsync();
        await _client.GetNewAsync();
        await other.GetNewAsync();
        await _client.DownloadAsync(_server.First(1).FileId);

        Assert.Equal(3, _server.Calls.CountOf(GatewayOperation.GetNewTransactions));
        Assert.Equal(2, _server.Calls.CountOf(GatewayOperation.GetNewTransactions, Facility));
        Assert.Equal(1, _server.Calls.CountOf(GatewayOperation.DownloadTransactionFile, Facility));
        Assert.Equal(0, _server.Calls.CountOf(GatewayOperation.SearchTransactions));
        Assert.Equal((1, 1, 1), (_server.Calls.MostAtOnce, _server.Calls.MostAtOnceForOneFacility, _server.Calls.MostAtOnceFor(Facility)));
        Assert.True(_server.Calls.TotalBytes > _server.First(1).ToBytes().Length);
    }

    [Fact]
    public async Task Wsdl_DescribesTheMessagesAsTheyAre()
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(_server.Address, "?WSDL"), TestContext.Current.CancellationToken);

        XNamespace xsd = "http://www.w3.org/2001/XMLSchema";
        var schema = XDocument.Parse(text).Descendants(xsd + "schema").Single();
        Assert.Equal(
            ["login", "pwd", "direction", "callerLicense", "ePartner", "transactionID", "TransactionStatus", "transactionFileName", "transactionFromDate", "transactionToDate", "minRecordCount", "maxRecordCount"],
            ElementsOf("SearchTransactions"));
        Assert.Equal(["DownloadTransactionFileResult", "fileName", "file", "errorMessage"], ElementsOf("DownloadTransactionFileResponse"));
        Assert.Equal("xsd:base64Binary", schema.Descendants(xsd + "element").Single(element => (string?)element.Attribute("name") == "file").Attribute("type")!.Value);

        IEnumerable<string> ElementsOf(string name)
        {
            var type = schema.Elements(xsd + "element").Single(element => (string?)element.Attribute("name") == name).Attribute("type")!.Value.Split(':')[1];
            return schema.Elements(xsd + "complexType").Single(element => (string?)element.Attribute("name") == type)
                .Descendants(xsd + "element").Select(element => element.Attribute("name")!.Value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task AssertFaultAsync(HttpResponseMessage response, string side)
    {
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.EndsWith(side, XDocument.Parse(text).Descendants("faultcode").Single().Value, StringComparison.Ordinal);
    }
}
