using Claims.Ingestion.EClaimLink.Tests.Support;
using Stub = Claims.Ingestion.EClaimLink.Tests.Support.Answers;

namespace Claims.Ingestion.EClaimLink.Tests.Soap;

/// <summary>Every shape in which the service may answer.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("<xmlTransaction>&lt;Files&gt;&lt;File FileID=\"a\" FileName=\"a.xml\"/&gt;&lt;/Files&gt;</xmlTransaction>")]
    [InlineData("<xmlTransactions>&lt;Files&gt;&lt;File FileID='a' FileName='a.xml'/&gt;&lt;/Files&gt;</xmlTransactions>")]
    [InlineData("<other><deep>1</deep></other><xmlTransaction><![CDATA[<Files><File FileID=\"a\" FileName=\"a.xml\"/></Files>]]></xmlTransaction>")]
    [InlineData("<xmlTransaction xmlns=\"urn:other\">&lt;Files&gt;&lt;File FileID=\"a\" FileName=\"a.xml\"/&gt;&lt;/Files&gt;</xmlTransaction>")]
    [InlineData("<xmlTransaction xmlns=\"\"><Files><File FileID=\"a\" FileName=\"a.xml\"/></Files></xmlTransaction>")]
    public async Task List_InEachForm_IsRead(string element)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("GetNewTransactions", Stub.Response("GetNewTransactions", 0, element));
        await using var host = new PollerHost(gateway);

        var file = Assert.Single(await host.ListAsync());

        Assert.Equal(("a", "a.xml"), (file.ExternalId, file.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<xmlTransaction/>")]
    [InlineData("<xmlTransaction></xmlTransaction>")]
    [InlineData("<xmlTransaction xsi:nil=\"true\"/>")]
    [InlineData("<xmlTransaction>&lt;Files&gt;&lt;/Files&gt;</xmlTransaction>")]
    [InlineData("<xmlTransaction> \r\n </xmlTransaction>")]
    public async Task List_WithNothingInIt_IsEmpty(string element)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("GetNewTransactions", Stub.Response("GetNewTransactions", 0, element));
        await using var host = new PollerHost(gateway);

        Assert.Empty(await host.ListAsync());
    }

    [Fact]
    public async Task List_ThatIsGarbage_IsAnError()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("GetNewTransactions", Stub.New(0, "the list is out today"));
        await using var host = new PollerHost(gateway);

        Assert.Equal(
            "Facility F-1, GetNewTransactions: the list of files in the gateway's answer cannot be read, so it is not known whether files wait; the next poll asks again. If it lasts, ask the gateway's operator.",
            await host.ListErrorAsync());
    }

    [Fact]
    public async Task List_LargerThanItsLimit_IsAnError()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("GetNewTransactions", Stub.New(0, Stub.List([.. Enumerable.Range(0, 1000).Select(i => $"file-{i}")])));
        await using var host = new PollerHost(gateway, options => options.MaxListingBytes = 64 * 1024);

        Assert.Equal(
            "Facility F-1, GetNewTransactions: the answer is larger than 65536 bytes; raise Claims:EClaimLink:MaxListingBytes for a listing, Claims:Reading:MaxFileBytes for a file.",
            await host.ListErrorAsync());
        Assert.Single(gateway.Calls);
    }

    [Fact]
    public async Task List_WithManyFiles_IsReadWhole()
    {
        await using var gateway = await StubGateway.StartAsync();
        string[] ids = [.. Enumerable.Range(0, 20_000).Select(i => $"file-{i}")];
        gateway.Answer("GetNewTransactions", Stub.New(0, Stub.List(ids)));
        await using var host = new PollerHost(gateway);

        Assert.Equal(ids, (await host.ListAsync()).Select(f => f.ExternalId));
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("application/soap+xml; charset=utf-8")]
    [InlineData("text/plain")]
    [InlineData("text/xml; charset=unheard-of")]
    public async Task Answer_OfAnotherContentType_IsReadWhenItIsSoap(string contentType)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("GetNewTransactions", context => Stub.AnswerAsync(context, Stub.New(0, Stub.List("a")), 200, contentType));
        await using var host = new PollerHost(gateway);

        Assert.Single(await host.ListAsync());
    }

    [Theory]
    [InlineData("QUJDREVGRw==")]
    [InlineData("QUJD\r\nREVG\r\nRw==\r\n")]
    [InlineData("  QUJD<!-- c -->REVG <![CDATA[Rw]]>==")]
    public async Task File_InEachForm_IsDecoded(string base64)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.File(base64));
        await using var host = new PollerHost(gateway);

        Assert.Equal("ABCDEFG"u8.ToArray(), await host.DownloadAsync());
    }

    [Theory]
    [InlineData("<file/>")]
    [InlineData("<file></file>")]
    public async Task File_ThatIsEmpty_HasNoBytes(string element)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.Response("DownloadTransactionFile", 0, element));
        await using var host = new PollerHost(gateway);

        Assert.Equal((IEnumerable<byte>)[], (await host.DownloadAsync())!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<file xsi:nil=\"true\"/>")]
    public async Task File_ThatIsMissing_IsAnError(string element)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.Response("DownloadTransactionFile", 0, element));
        await using var host = new PollerHost(gateway);

        Assert.Equal(
            "Facility F-1, DownloadTransactionFile: the gateway reports success (result 0) but sent no file; the next poll asks again. If it lasts, ask the gateway's operator.",
            await host.DownloadErrorAsync());
    }

    [Theory]
    [InlineData("QUJDR")]
    [InlineData("QUJDRA=")]
    [InlineData("QUJD!!!!")]
    [InlineData("QQ==QUJD")]
    public async Task File_WithDamagedBase64_IsAnErrorThatWaitsForTheNextPoll(string base64)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.File(base64), Stub.File("QQ=="));
        await using var host = new PollerHost(gateway);

        Assert.Equal(
            "Facility F-1, DownloadTransactionFile: the base64 of the file is cut off or damaged; the next poll asks for it again.",
            await host.DownloadErrorAsync());
        Assert.Equal(["damaged_file"], host.Results);
        Assert.Equal("A"u8.ToArray(), await host.DownloadAsync());
    }

    [Fact]
    public async Task File_OfManyMegabytes_ArrivesUnchanged()
    {
        byte[] bytes = new byte[5_000_001];
        new Random(1).NextBytes(bytes);
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.File(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)));
        await using var host = new PollerHost(gateway);

        Assert.Equal(bytes, await host.DownloadAsync());
    }

    [Fact]
    public async Task File_LargerThanTheLimit_ComesCutOneByteBeyondIt()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Stub.File(new byte[3_000_000]));
        await using var host = new PollerHost(gateway, services: s => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions
            .Configure<Reading.ReadingOptions>(s, options => options.MaxFileBytes = 2000));

        Assert.Equal(2001, (await host.DownloadAsync())!.Length);
    }
}
