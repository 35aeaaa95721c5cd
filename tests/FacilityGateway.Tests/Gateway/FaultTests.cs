using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

public sealed class FaultTests : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private GatewayServer _server = null!;
    private GatewayClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string FileId => _server.First(direction: 1).FileId;

    public async ValueTask InitializeAsync()
    {
        _server = await Worlds.ServeAsync();
        _client = new GatewayClient(_server);
    }

    [Fact]
    public async Task Http503_IsAPageAndStrikesAsOftenAsAsked()
    {
        var fault = _server.Faults.Add(new FaultRule { Kind = GatewayFault.Http503, Times = 2 });

        for (var call = 0; call < 2; call++)
        {
            using var response = await _client.SendAsync(GatewayOperation.GetNewTransactions, _client.Signed(""));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        }

        Assert.Equal(0, (await _client.GetNewAsync()).Result);
        Assert.Equal(2, fault.Strikes);
        Assert.True(fault.Struck.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Http500_IsNoSoap()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.Http500 });

        using var response = await _client.SendAsync(GatewayOperation.GetNewTransactions, _client.Signed(""));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.DoesNotContain("Fault", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SoapFault_IsAFaultOfTheServer()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.SoapFault });

        using var response = await _client.SendAsync(GatewayOperation.GetNewTransactions, _client.Signed(""));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("soap:Server", XDocument.Parse(await response.Content.ReadAsStringAsync(Token)).Descendants("faultcode").Single().Value);
    }

    [Fact]
    public async Task Result_IsTheCodeAndDoesNothing()
    {
        var file = _server.First(direction: 1);
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.Result, Times = 1 });
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.Result, Code = -99, Times = 1 });
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.WrongPassword });

        Assert.Equal(-4, (await _client.SetDownloadedAsync(file.FileId)).Result);
        Assert.Equal(-99, (await _client.GetNewAsync()).Result);
        Assert.Equal(-1, (await _client.GetNewAsync()).Result);
        Assert.False(file.IsDownloaded);
    }

    [Fact]
    public async Task Garbage_IsNoXml()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.Garbage });

        using var response = await _client.SendAsync(GatewayOperation.GetNewTransactions, _client.Signed(""));

        Assert.Equal((HttpStatusCode.OK, "text/xml"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var bytes = await response.Content.ReadAsByteArrayAsync(Token);
        Assert.Throws<XmlException>(() => XDocument.Load(new MemoryStream(bytes)));
    }

    [Fact]
    public async Task TruncatedBase64_IsWellFormedButTooShort()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.TruncatedBase64, Times = 1 });

        Assert.Equal(0, (await _client.GetNewAsync()).Result);
        var answer = await _client.DownloadAsync(FileId);

        Assert.Equal(0, answer.Result);
        Assert.NotEqual(0, answer["file"]!.Count(character => !char.IsWhiteSpace(character)) % 4);
        Assert.Throws<FormatException>(() => answer.File);
        Assert.NotEmpty((await _client.DownloadAsync(FileId)).File);
    }

    [Fact]
    public async Task TruncatedBase64_OfEveryFile_IsNoBase64()
    {
        _server.Inboxes.Put(_server.Accounts[0].FacilityId, "CS_empty.xml", [], 1, 2);
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.TruncatedBase64 });

        foreach (var file in _server.Inboxes.Files(_server.Accounts[0].FacilityId))
        {
            var answer = await _client.DownloadAsync(file.FileId);
            Assert.Throws<FormatException>(() => answer.File);
        }
    }

    [Fact]
    public async Task DuplicatedListing_HasEachEntryTwice()
    {
        var once = (await _client.SearchAsync()).FileIds;
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.DuplicatedListing });

        var twice = (await _client.SearchAsync()).FileIds;

        Assert.Equal(once.SelectMany(id => new[] { id, id }), twice);
        Assert.NotEmpty((await _client.DownloadAsync(FileId)).File);
    }

    [Fact]
    public async Task ListedThenGone_IsNotFoundThoughListed()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.ListedThenGone, FileId = FileId });

        Assert.Contains(FileId, (await _client.SearchAsync()).FileIds);
        Assert.Equal(-6, (await _client.DownloadAsync(FileId)).Result);
        Assert.Equal(0, (await _client.DownloadAsync(_server.First(direction: 2).FileId)).Result);
    }

    [Fact]
    public async Task DropMidBody_BreaksWithinTheBase64()
    {
        _server.Faults.Add(new FaultRule { Kind = GatewayFault.DropMidBody });

        using var response = await _client.SendAsync(GatewayOperation.DownloadTransactionFile, _client.Signed($"<fileId>{FileId}</fileId>"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var received = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(Token);
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(received, Token));

        var text = Encoding.UTF8.GetString(received.ToArray());
        Assert.Contains("<file>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("</file>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hang_UntilTheRuleIsRemoved_ThenAnswers()
    {
        var fault = _server.Faults.Add(new FaultRule { Kind = GatewayFault.Hang });
        var call = _client.GetNewAsync();
        await fault.Struck.WaitAsync(s_limit, Token);
        Assert.False(call.IsCompleted);

        fault.Remove();

        Assert.Equal(0, (await call.WaitAsync(s_limit, Token)).Result);
    }

    [Fact]
    public async Task Hang_ClientGivesUp_LeavesTheServerFree()
    {
        var fault = _server.Faults.Add(new FaultRule { Kind = GatewayFault.Hang, Times = 1 });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = _client.SendAsync(GatewayOperation.GetNewTransactions, _client.Signed(""), stop.Token);
        await fault.Struck.WaitAsync(s_limit, Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, (await _client.GetNewAsync()).Result);
    }

    [Fact]
    public async Task Hang_ServerIsDisposed_EndsTheCall()
    {
        var fault = _server.Faults.Add(new FaultRule { Kind = GatewayFault.Hang });
        var call = _client.GetNewAsync();
        await fault.Struck.WaitAsync(s_limit, Token);

        await _server.DisposeAsync().AsTask().WaitAsync(s_limit, Token);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task Delay_OfOneFacility_DoesNotHoldUpTheOther()
    {
        var facilityId = _server.Accounts[0].FacilityId;
        var fault = _server.Faults.Add(new FaultRule { Kind = GatewayFault.Delay, Delay = TimeSpan.FromMilliseconds(300), FacilityId = facilityId });
        using var other = new GatewayClient(_server, facility: 1);
        var started = TimeProvider.System.GetTimestamp();
        var call = _client.GetNewAsync();
        await fault.Struck.WaitAsync(s_limit, Token);

        Assert.Equal(0, (await other.GetNewAsync()).Result);
        Assert.Equal(0, (await call).Result);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(290), s_limit);
        Assert.Equal(1, fault.Strikes);
        Assert.Equal((2, 1), (_server.Calls.MostAtOnce, _server.Calls.MostAtOnceForOneFacility));
    }

    [Fact]
    public async Task Rule_OfAnotherOperationOrFacilityOrCleared_DoesNotStrike()
    {
        var faults = new[]
        {
            _server.Faults.Add(new FaultRule { Kind = GatewayFault.Http503, Operation = GatewayOperation.DownloadTransactionFile }),
            _server.Faults.Add(new FaultRule { Kind = GatewayFault.Http503, FacilityId = _server.Accounts[1].FacilityId }),
        };

        Assert.Equal(0, (await _client.GetNewAsync()).Result);
        _server.Faults.Clear();
        Assert.Equal(0, (await _client.DownloadAsync(FileId)).Result);

        Assert.All(faults, fault => Assert.Equal((0, false), (fault.Strikes, fault.Struck.IsCompleted)));
    }

    [Fact]
    public void Add_RuleOutOfItsLimits_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new FaultRule { Kind = (GatewayFault)99 }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new FaultRule { Kind = GatewayFault.Hang, Times = 0 }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new FaultRule { Kind = GatewayFault.Hang, Operation = "GetNew" }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new FaultRule { Kind = GatewayFault.Delay, Delay = TimeSpan.FromSeconds(-1) }));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
