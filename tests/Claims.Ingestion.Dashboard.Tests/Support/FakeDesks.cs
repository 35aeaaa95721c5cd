using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>What a store with all desks would tell: a busy day.</summary>
internal sealed class FakeDesks(TimeProvider time) : IFileDesk, IViewDesk, IDatabaseDesk, IHourDesk
{
    private const int Files = 137;
    private readonly List<string> _refreshed = [];

    /// <summary>Whether the primary answers.</summary>
    public bool IsPrimaryUp { get; set; } = true;

    public IReadOnlyList<string> Refreshed
    {
        get
        {
            lock (_refreshed) return [.. _refreshed];
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();

    public DatabaseOverview Read() => new(
        [new("ingestion", 5, 8, null), new("api", 12, 50, TimeSpan.FromMilliseconds(0.4)), new("report", 2, 10, null)],
        [
            new("db-1:5432", "primary", IsPrimaryUp, null, null, IsPrimaryUp ? null : "connection refused"),
            new("db-2:5432", "replica", true, TimeSpan.FromMilliseconds(120), 48_000, null),
        ],
        new DatabaseWatchReading(
            Now.AddSeconds(-4), [new(4711, "claims-report", TimeSpan.FromSeconds(1.4), 4702, "psql", "idle in transaction", "claims.claim")], 0, 0.993, 4_800_000, 48_600_000_000,
            [
                new("claims.activity", 21_400_000_000, 143_000_000, 1_200_000, Now.AddHours(-3), 9_100_000_000, 820_000_000), new("claims.claim", 12_900_000_000, 48_000_000, 260_000, Now.AddHours(-2), 5_200_000_000, 2_900_000_000),
                new("claims.diagnosis", 7_100_000_000, 96_000_000, 0, Now.AddDays(-1), 2_400_000_000, 0), new("claims.claim_file", 310_000_000, 820_000, 9_000, null, 160_000_000, 12_000_000),
            ],
            [
                new("SELECT status FROM claims.balance_of($1, $2)", 1_840_000, TimeSpan.FromMilliseconds(1.1), TimeSpan.FromMinutes(33)),
                new("COPY claims.activity FROM STDIN (FORMAT BINARY)", 42_000, TimeSpan.FromMilliseconds(18), TimeSpan.FromMinutes(12.6)),
            ],
            ["WAL positions need the role pg_monitor: GRANT pg_monitor TO claims."]));

    public Task<IReadOnlyList<FileEntry>> SearchAsync(FileSearch search, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FileEntry>>(
    [
        .. Enumerable.Range(0, Files).Select(i => Entry(Files - i))
            .Where(f => (search.FacilityId is null || f.FacilityId == search.FacilityId) && (search.Status is null || f.Status == search.Status) && (search.Before is null || f.Id < search.Before))
            .Where(f => search.Text is null || f.Name.StartsWith(search.Text, StringComparison.OrdinalIgnoreCase) || f.ExternalId.StartsWith(search.Text, StringComparison.OrdinalIgnoreCase))
            .Take(search.Limit),
    ]);

    public Task<FileDetails?> FindAsync(long id, CancellationToken cancellationToken)
    {
        if (id is < 1 or > Files) return Task.FromResult<FileDetails?>(null);
        FileEntry entry = Entry((int)id);
        return Task.FromResult<FileDetails?>(new FileDetails(
            entry, entry.Status == FileStatus.Stored ? ["The header counts 61 claims; there are 60."] : [],
            [.. Enumerable.Range(1, entry.LeftOutCount).Select(i => new LeftOutClaim(i * 7, $"C-{i:00000}", (i * 40) + 3, "activity-net", "The net of an activity is no number."))],
            entry.Status == FileStatus.Quarantined || entry.LeftOutCount > 0,
            new Dictionary<string, string> { ["host"] = "ingest-1", ["poll"] = "0198f2c1-77aa", ["batch"] = "0198f2c1-8ad0", ["trace"] = "4bf92f3577b34da6a3ce929d0e0e4736" }));
    }

    Task<IReadOnlyList<ViewOverview>> IViewDesk.ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ViewOverview>>(
    [
        new("mv_balance_amount_summary", "incremental", Now.AddSeconds(-1), TimeSpan.FromSeconds(1.2), 640, [new(Now.AddSeconds(-1), "refreshed", "640 claims changed", 640, TimeSpan.FromMilliseconds(85), 31)]),
        new("mv_remittance_advice_summary", "incremental", Now.AddSeconds(-2), TimeSpan.Zero, 0, [new(Now.AddSeconds(-2), "refreshed", "210 claims changed", 210, TimeSpan.FromMilliseconds(40), 12)]),
        new(
            "mv_claim_summary_payerwise", "materialized", Now.AddMinutes(-9), TimeSpan.FromMinutes(9), 12_400,
            [
                new(Now.AddSeconds(-12), "skipped", "users are slower than usual: the governor lets nothing be refreshed below 90 %", 12_400, null, 14),
                new(Now.AddMinutes(-9), "refreshed", "8 % of its rows changed and 20 min passed", 9_800, TimeSpan.FromSeconds(4.2), 1),
            ]),
    ]);

    public Task RefreshAsync(string name, string reason, CancellationToken cancellationToken)
    {
        lock (_refreshed) _refreshed.Add(name);
        return Task.CompletedTask;
    }

    Task<IReadOnlyList<HourFigures>> IHourDesk.ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var last = new DateTimeOffset(to.Year, to.Month, to.Day, to.Hour, 0, 0, TimeSpan.Zero);
        return Task.FromResult<IReadOnlyList<HourFigures>>(
        [
            .. Enumerable.Range(0, 24).Select(i => last.AddHours(i - 23)).Select(hour =>
            {
                double day = Math.Max(0, Math.Sin((hour.Hour - 5) / 24d * Math.PI * 1.6));
                return new HourFigures(hour, (long)(180_000 + (day * 2_400_000)), (long)(400 + (day * 5200)), hour.Hour % 5, hour.Hour % 7 == 0 ? 9 : 1, TimeSpan.FromMilliseconds(4 + (day * 3.4)), 1 - (day * 0.4), TimeSpan.FromSeconds(2 + day));
            }),
        ]);
    }

    private FileEntry Entry(int number)
    {
        FileStatus status = number % 23 == 0 ? FileStatus.Quarantined : number % 17 == 0 ? FileStatus.Skipped : FileStatus.Stored;
        return new FileEntry(
            number, $"DHA-F-{(number % 40) + 1:0000000}", $"7d0f{number:0000}-3e3c-8c3b-d021-a6b409a3ffb0", $"DHA-F-{(number % 40) + 1:0000000}_{number:00000}.xml", status == FileStatus.Quarantined ? null : number % 3 == 0 ? "remittance" : "submission",
            status, status == FileStatus.Stored ? 40 + (number * 7 % 300) : 0, status == FileStatus.Stored && number % 11 == 0 ? 2 : 0,
            status switch { FileStatus.Quarantined => "The XML ends within an element, at line 812. Ask the facility to send it again.", FileStatus.Skipped => "a test file", _ => null },
            Now.AddSeconds(-9 - ((Files - number) * 21)), Now.AddSeconds(-8 - ((Files - number) * 21)));
    }
}
