using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Tests.Reading;

/// <summary>A file that was read to its end.</summary>
internal sealed partial class ReadBack
{
    public List<SubmittedClaim> Submitted { get; } = [];

    public List<RemittedClaim> Remitted { get; } = [];

    public List<ClaimError> Errors { get; } = [];

    public List<ClaimSlice> Slices { get; } = [];

    public required ReadOutcome Outcome { get; init; }

    public ClaimExcerpt? Excerpt { get; init; }

    /// <summary>All of the claims but their lines.</summary>
    public static string Describe(IEnumerable<SubmittedClaim> claims) => WithoutLines().Replace(JsonSerializer.Serialize(claims), "");

    public static ReadBack Of(string xml, ReadingOptions? options = null, int maxClaims = 100) =>
        Of(Encoding.UTF8.GetBytes(xml), options, maxClaims);

    public static ReadBack Of(byte[] bytes, ReadingOptions? options = null, int maxClaims = 100)
    {
        using var reading = new EClaimLinkReader().Read(() => new MemoryStream(bytes), options ?? new ReadingOptions());
        return Of(reading, maxClaims);
    }

    public static ReadBack Of(ClaimFileReading reading, int maxClaims = 100)
    {
        var slices = new List<ClaimSlice>();
        while (reading.ReadSlice(maxClaims, TestContext.Current.CancellationToken) is { } slice)
        {
            Assert.Null(reading.Outcome);
            Assert.InRange(slice.Submitted.Count + slice.Remitted.Count + slice.Errors.Count, 1, maxClaims);
            slices.Add(slice);
        }

        var file = new ReadBack { Outcome = Assert.IsType<ReadOutcome>(reading.Outcome), Excerpt = reading.Excerpt };
        Assert.Equal(file.Outcome.Status == Claims.Ingestion.Storage.FileStatus.Stored, file.Outcome.Reason is null);
        foreach (var slice in slices)
        {
            file.Slices.Add(slice);
            file.Submitted.AddRange(slice.Submitted);
            file.Remitted.AddRange(slice.Remitted);
            file.Errors.AddRange(slice.Errors);
        }

        return file;
    }

    [GeneratedRegex("\"Line\":[0-9]+,")]
    private static partial Regex WithoutLines();
}
