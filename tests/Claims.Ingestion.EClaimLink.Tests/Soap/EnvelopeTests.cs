using System.Xml.Linq;
using Claims.Ingestion.EClaimLink.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Soap;

/// <summary>What goes over the wire, against envelopes written down from the service's description.</summary>
public sealed class EnvelopeTests
{
    private static readonly DateTimeOffset _now = new(2031, 2, 1, 0, 5, 6, TimeSpan.Zero);

    [Fact]
    public async Task GetNewTransactions_OnTheWire_IsAsDescribed()
    {
        await using var gateway = await StubGateway.StartAsync();
        await using var host = new PollerHost(gateway);

        await host.ListAsync();

        AssertGolden("GetNewTransactions", gateway);
    }

    [Fact]
    public async Task SearchTransactions_OnTheWire_IsAsDescribed()
    {
        await using var gateway = await StubGateway.StartAsync();
        await using var host = new PollerHost(
            gateway,
            options =>
            {
                options.Mode = ListingMode.Search;
                options.Searches.Add(new SearchQuery());
            },
            new FakeTimeProvider(_now));

        await host.ListAsync();

        AssertGolden("SearchTransactions", gateway);
    }

    [Fact]
    public async Task DownloadTransactionFile_OnTheWire_IsAsDescribed()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answer("DownloadTransactionFile", Support.Answers.File("QQ=="));
        await using var host = new PollerHost(gateway);

        await host.DownloadAsync();

        AssertGolden("DownloadTransactionFile", gateway);
    }

    [Theory]
    [InlineData(FileIdElement.Both)]
    [InlineData(FileIdElement.FieldId)]
    [InlineData(FileIdElement.FileId)]
    public async Task SetTransactionDownloaded_OnTheWire_IsAsDescribed(FileIdElement element)
    {
        await using var gateway = await StubGateway.StartAsync();
        await using var host = new PollerHost(gateway, options => options.FileIdElement = element);

        await host.AcknowledgeAsync();

        AssertGolden("SetTransactionDownloaded." + element, gateway);
    }

    private static void AssertGolden(string name, StubGateway gateway)
    {
        using Stream golden = typeof(EnvelopeTests).Assembly.GetManifestResourceStream(name + ".xml")!;
        ReceivedCall call = Assert.Single(gateway.Calls);
        Assert.Equal("/dhpo/ValidateTransactions.asmx", call.Path);
        Assert.Equal("text/xml; charset=utf-8", call.ContentType);
        Assert.Equal($"\"http://www.eClaimLink.ae/{name.Split('.')[0]}\"", call.SoapAction);
        Assert.Equal(Shape(XDocument.Load(golden).Root!), Shape(XDocument.Parse(call.Body).Root!));
    }

    /// <summary>Every element with its namespace, its attributes, its text and its place. Prefixes mean nothing in XML.</summary>
    private static List<string> Shape(XElement root) =>
        [.. root.DescendantsAndSelf().Select(e =>
            $"{e.Ancestors().Count()} {e.Name} [{string.Join(' ', e.Attributes().Where(a => !a.IsNamespaceDeclaration))}] '{(e.HasElements ? "" : e.Value)}'")];
}
