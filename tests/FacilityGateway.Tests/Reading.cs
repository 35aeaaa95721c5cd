using System.Globalization;
using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace FacilityGateway.Tests;

/// <summary>Reads generated files with nothing of the generator's own code.</summary>
internal static class Reading
{
    private static readonly string[] s_dateFormats = ["dd/MM/yyyy H:m", "dd/MM/yyyy"];
    private static readonly string[] s_amounts = ["Gross", "PatientShare", "Net", "Quantity", "List", "PaymentAmount"];
    private static readonly string[] s_dates = ["Start", "End", "DateSettlement"];

    public static byte[] Unpack(string name, byte[] bytes)
    {
        using var content = new MemoryStream();
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var archive = new ZipArchive(new MemoryStream(bytes));
            using var entry = Assert.Single(archive.Entries).Open();
            entry.CopyTo(content);
            return content.ToArray();
        }

        if (!name.EndsWith(".gz", StringComparison.Ordinal))
            return bytes;

        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Reads a file; throws when it is not well-formed or holds entities.</summary>
    public static XElement Parse(GeneratedFile file) => Parse(Unpack(file.Name, file.ToBytes()));

    public static XElement Parse(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader).Root!;
    }

    public static IEnumerable<XElement> All(this XElement parent, string name) => parent.Elements().Where(element => element.Name.LocalName == name);

    public static string? Text(this XElement parent, string name) => parent.All(name).FirstOrDefault()?.Value.Trim() is { Length: > 0 } text ? text : null;

    public static decimal Amount(this XElement parent, string name) => decimal.Parse(parent.Text(name)!, NumberStyles.Float, CultureInfo.InvariantCulture);

    public static bool IsSubmission(this XElement root) => root.Name.LocalName == "Claim.Submission";

    /// <summary>The claims that a reader can take in.</summary>
    public static IEnumerable<XElement> GoodClaims(this XElement root) => root.All("Claim").Where(claim =>
        claim.Text("ID") is not null
        && (!root.IsSubmission() || (claim.Text("PayerID") is not null && claim.Text("ProviderID") is not null))
        && claim.All("Activity").Any()
        && claim.Descendants().Where(element => s_amounts.Contains(element.Name.LocalName)).All(IsAmount)
        && claim.Descendants().Where(element => s_dates.Contains(element.Name.LocalName)).All(IsDate));

    public static (string Provider, string Claim) Key(this XElement claim, XElement root) =>
        (claim.Text("ProviderID") ?? root.All("Header").Single().Text("ReceiverID")!, claim.Text("ID")!);

    public static bool IsDate(XElement element) =>
        DateTime.TryParseExact(element.Value, s_dateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsAmount(XElement element) => decimal.TryParse(element.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
