using System.Globalization;
using System.Xml.Linq;
using FacilityGateway;

namespace Claims.Benchmarks;

/// <summary>A generated submission and what it holds, as told by another reader than the one that is measured.</summary>
internal sealed class Submission
{
    public const string FacilityId = "DHA-F-0000001";

    private Submission(byte[] content, FileCounts counts, XElement root)
    {
        Content = content;
        Claims = counts.Claims;
        Activities = counts.Activities;
        Gross = root.Elements("Claim").Sum(claim => decimal.Parse(claim.Element("Gross")!.Value, NumberStyles.Float, CultureInfo.InvariantCulture));
        TextLength = root.DescendantNodes().OfType<XText>().Sum(text => (long)text.Value.Length);
    }

    public byte[] Content { get; }

    public int Claims { get; }

    public int Activities { get; }

    /// <summary>The sum of the claims' gross amounts.</summary>
    public decimal Gross { get; }

    /// <summary>How many characters the texts of all elements have.</summary>
    public long TextLength { get; }

    /// <summary>Makes a submission; another seed gives other claims with other ids.</summary>
    public static Submission Make(int claims, int seed)
    {
        using var stream = new MemoryStream();
        var counts = SubmissionFile.WriteLarge(stream, claims, seed, FacilityId);
        stream.Position = 0;
        return new Submission(stream.ToArray(), counts, XElement.Load(stream));
    }
}
