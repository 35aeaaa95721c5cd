using Claims.Ingestion.Reading;
using Claims.Ingestion.TestSupport;

namespace Claims.Ingestion.Postgres.Tests.Summaries;

/// <summary>Random lives of a few claims, in files of random order: submissions, resubmissions of every kind, part payments, take-backs, denials, remittances before and without a submission.</summary>
internal sealed class RandomHistory(int seed)
{
    private static readonly string?[] _resubmissions = [null, null, "correction", "internal complaint", "reconciliation", "legacy"];
    private static readonly string?[] _denials = [null, null, null, "MNEC-003", "CLAI-012"];
    private static readonly string[] _payers = ["INS001", "INS002", "Self-Paid"];

    private readonly Random _random = new(seed);
    private int _files;

    public IReadOnlyList<SampleFile> Files(int count) => [.. Enumerable.Range(0, count).Select(_ => File())];

    /// <summary>A step of the test, and whether it is one of some.</summary>
    public bool Chance(double share) => _random.NextDouble() < share;

    public int Next(int limit) => _random.Next(limit);

    private SampleFile File()
    {
        string id = $"f{_files++:000}";
        DateTimeOffset date = Sample.Day1.AddDays(_random.Next(70)).AddHours(_random.Next(2));
        (string Provider, string Claim)[] claims = [.. Keys().OrderBy(_ => _random.Next()).Take(1 + _random.Next(4))];
        return Chance(0.45)
            ? Sample.Submission(id, date, [.. claims.Select((c, i) => Submitted(c.Provider, c.Claim, i + 1))])
            : Sample.Remittance(id, date, [.. claims.Select((c, i) => Remitted(c.Provider, c.Claim, i + 1))]);
    }

    private static IEnumerable<(string Provider, string Claim)> Keys() =>
        from provider in new[] { "DHA-F-0000001", "DHA-F-0000002" } from claim in Enumerable.Range(1, 6) select (provider, $"C{claim}");

    private SubmittedClaim Submitted(string provider, string claim, int position)
    {
        (string Id, decimal Net)[] activities = [.. Activities().Select(a => (a, Amount()))];
        return Sample.Claim(
            claim, activities.Sum(a => a.Net), position, provider, Pick(_payers), Pick(_resubmissions) is { } type ? new Resubmission { Type = type } : null, activities);
    }

    private RemittedClaim Remitted(string provider, string claim, int position) => Sample.Remitted(
        claim, position, provider, Chance(0.1) ? "ELIG-001" : null,
        [.. Activities().Select(a => (a, Amount(), Chance(0.2) ? -Amount() : Chance(0.2) ? 0 : Amount(), Pick(_denials)))]);

    private IEnumerable<string> Activities() => new[] { "A1", "A2", "A3" }.Take(1 + _random.Next(3));

    private decimal Amount() => _random.Next(0, 500_000) / Pick([1000m, 100m, 10m]);

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
