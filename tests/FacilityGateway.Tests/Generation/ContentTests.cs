using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace FacilityGateway.Tests.Generation;

/// <summary>The variety that real files have.</summary>
public class ContentTests
{
    private static readonly List<(GeneratedFile File, byte[] Bytes, XElement Root)> s_files =
        [.. new World(new WorldOptions { Facilities = 30, FilesPerFacility = 12, ClaimsPerFile = 9, BrokenFileShare = 0, SkippedFileShare = 0, Seed = 3 })
            .Files().Select(file => (File: file, Bytes: Reading.Unpack(file.Name, file.ToBytes()))).Select(file => (file.File, file.Bytes, Reading.Parse(file.Bytes)))];

    private static readonly List<XElement> s_elements = [.. s_files.SelectMany(file => file.Root.Descendants())];

    [Theory]
    [InlineData("correction")]
    [InlineData("internal complaint")]
    [InlineData("reconciliation")]
    [InlineData("legacy")]
    public void Resubmission_OfEachType_Occurs(string type) =>
        Assert.Contains(s_elements, element => element.Name.LocalName == "Resubmission" && element.Text("Type") == type);

    [Theory]
    [InlineData("LOINC")]
    [InlineData("Text")]
    [InlineData("ROM")]
    [InlineData("File")]
    [InlineData("Result")]
    public void Observation_OfEachType_Occurs(string type) =>
        Assert.Contains(s_elements, element => element.Name.LocalName == "Observation" && element.Text("Type") == type);

    [Theory]
    [InlineData("Comments")]
    [InlineData("PriorAuthorizationID")]
    [InlineData("Encounter")]
    [InlineData("Observation")]
    [InlineData("Resubmission")]
    public void OptionalElement_Empty_Occurs(string name) =>
        Assert.Contains(s_elements, element => element.Name.LocalName == name && !element.HasElements && element.Value.Trim().Length == 0);

    [Theory]
    [InlineData("DxInfo")]
    [InlineData("Attachment")]
    [InlineData("PackageName")]
    public void OptionalElement_Filled_Occurs(string name) => Assert.Contains(s_elements, element => element.Name.LocalName == name && element.Value.Length > 0);

    [Fact]
    public void Encodings_OfEveryKind_Occur()
    {
        Assert.Contains(s_files, file => file.Bytes is [0xFF, 0xFE, ..]);
        Assert.Contains(s_files, file => file.Bytes is [(byte)'<', 0, ..]);
        Assert.Contains(s_files, file => file.Bytes is [0xEF, 0xBB, 0xBF, ..]);
        Assert.Contains(s_files, file => Encoding.UTF8.GetString(file.Bytes).StartsWith("<?xml", StringComparison.Ordinal));
        Assert.Contains(s_files, file => Encoding.UTF8.GetString(file.Bytes).StartsWith("<Claim.Submission", StringComparison.Ordinal));
        Assert.Contains(s_files, file => Encoding.UTF8.GetString(file.Bytes).Contains("<!DOCTYPE", StringComparison.Ordinal));
        Assert.Contains(s_files, file => file.Bytes.AsSpan().IndexOf("\r\n"u8) > 0);
        Assert.Contains(s_files, file => file.Bytes.AsSpan().IndexOf("\r\n"u8) < 0);
    }

    [Fact]
    public void Times_WithOneDigit_Occur()
    {
        Assert.Contains(s_elements, element => element.Name.LocalName == "Start" && element.Value.Split(' ') is [_, [_, ':', _]]);
        Assert.All(s_files, file => Assert.True(Reading.IsDate(file.Root.All("Header").Single().All("TransactionDate").Single())));
    }

    [Fact]
    public void Payments_NegativeAndPrecise_Occur()
    {
        var amounts = s_elements.Where(element => element.Name.LocalName == "PaymentAmount").Select(element => element.Value).ToList();

        Assert.Contains(amounts, amount => amount.StartsWith('-'));
        Assert.Contains(amounts, amount => amount.Split('.') is [_, { Length: 4 }]);
        Assert.Contains(s_elements, element => element.Name.LocalName == "Net" && element.Value.Contains("E-", StringComparison.Ordinal));
    }

    [Fact]
    public void Remittance_SeveralBlocksForOneClaim_Occur() =>
        Assert.Contains(s_files, file => !file.Root.IsSubmission() && file.Root.GoodClaims().GroupBy(claim => claim.Key(file.Root)).Any(blocks => blocks.Count() > 2));

    [Fact]
    public void Remittance_InAFileNamedBeforeItsSubmission_Occurs()
    {
        var first = s_files.Where(file => file.Root.IsSubmission())
            .SelectMany(file => file.Root.GoodClaims().Select(claim => (Key: claim.Key(file.Root), Number: NumberOf(file.File))))
            .GroupBy(claim => claim.Key)
            .ToDictionary(claims => claims.Key, claims => claims.Min(claim => claim.Number));

        Assert.Contains(s_files, file => !file.Root.IsSubmission()
            && file.Root.GoodClaims().Any(claim => first.TryGetValue(claim.Key(file.Root), out var number) && number > NumberOf(file.File)));
    }

    [Fact]
    public void Claims_OfTwoProviders_MayHaveTheSameId() =>
        Assert.Contains(s_files, file => file.Root.IsSubmission() && file.Root.GoodClaims().Select(claim => claim.Key(file.Root)).Distinct().GroupBy(key => key.Claim).Any(same => same.Count() == 2));

    private static int NumberOf(GeneratedFile file) => int.Parse(file.Name.Split('_')[2].Split('.')[0], CultureInfo.InvariantCulture);
}
