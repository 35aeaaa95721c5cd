using System.Xml.Linq;

namespace Claims.Ingestion.EClaimLink.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
internal sealed record ReceivedCall(string Path, string SoapAction, string ContentType, string Body)
{
    private static readonly XNamespace _soap = "http://schemas.xmlsoap.org/soap/envelope/";

    public XElement Wrapper => XDocument.Parse(Body).Root!.Element(_soap + "Body")!.Elements().Single();

    public string Operation => Wrapper.Name.LocalName;

    public string? Value(string element) => Wrapper.Elements().FirstOrDefault(e => e.Name.LocalName == element)?.Value;
}
