using System.Globalization;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

/// <summary>Operators look for files in a ledger that is filled.</summary>
public sealed class FileDeskTests(FileDeskTests.FilledLedger ledger) : IClassFixture<FileDeskTests.FilledLedger>
{
    private const int Files = 12_000;

    // Their months are those of nothing that is stored.
    private const long FirstId = 24_000L << 36;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(" claims_20260105 ")]
    [InlineData("Claims_202601")]
    [InlineData("EXT-0A")]
    [InlineData("élan")]
    [InlineData("100%_\\")]
    [InlineData("100%_\\1")]
    [InlineData("nothing")]
    [InlineData("a\0b")]
    public async Task Search_AnyFilters_FindsWhatAWalkThroughTheLedgerFinds(string? text)
    {
        FileDesk[] desks = [ledger.Desk(), ledger.Desk(few: 50, recent: 300), ledger.Desk(few: 50, recent: Files)];
        foreach (string? facility in new[] { null, "F-3", "nobody" })
        {
            foreach (FileStatus? status in new FileStatus?[] { null, FileStatus.Stored, FileStatus.Quarantined, FileStatus.Skipped })
            {
                foreach (long? before in new long?[] { null, FirstId + 4000 })
                {
                    var search = new FileSearch(facility, status, text, before, 7);
                    long[] expected = await ledger.WalkAsync(search);
                    foreach (FileDesk desk in desks) Assert.Equal(expected, (await desk.SearchAsync(search, Token)).Select(f => f.Id));
                }
            }
        }
    }

    [Fact]
    public async Task Search_TextOfManyFiles_IsInPages()
    {
        FileDesk desk = ledger.Desk(few: 50, recent: 300);
        var found = new List<FileEntry>();
        IReadOnlyList<FileEntry> page;
        do
        {
            page = await desk.SearchAsync(new FileSearch(null, FileStatus.Quarantined, "claims_2026", found.LastOrDefault()?.Id, 50), Token);
            found.AddRange(page);
        }
        while (page.Count == 50);

        Assert.Equal(await ledger.WalkAsync(new FileSearch(null, FileStatus.Quarantined, "claims_2026", null, Files)), found.Select(f => f.Id));
        Assert.Equal(Files / 100, found.Count);
    }

    [Fact]
    public async Task Search_File_SaysWhatTheLedgerSays() => Assert.Equal(
        new FileEntry(FirstId + 1200, "F-0", "Ext-" + ledger.Hash(1200), "Claims_20260212_1200.XML", "submission", FileStatus.Quarantined, 0, 0, "not well-formed XML", ledger.At(1200), ledger.At(1200).AddMinutes(1)),
        Assert.Single(await ledger.Desk().SearchAsync(new FileSearch(null, null, "ext-" + ledger.Hash(1200), null, 10), Token)));

    [Fact]
    public async Task Search_OnAFilledLedger_ReadsItByIndexesOnly()
    {
        await using (ServiceProvider services = TestServices.Create(ledger.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:Api:Name"] = "claims-plans" }))
        {
            IFileDesk desk = services.GetRequiredService<IFileDesk>();
            foreach (string? text in new[] { null, "Claims_2026010", "ext-0a" })
            {
                foreach (string? facility in new[] { null, "F-3" })
                {
                    foreach (FileStatus? status in new FileStatus?[] { null, FileStatus.Stored, FileStatus.Quarantined }) await desk.SearchAsync(new FileSearch(facility, status, text, null, 100), Token);
                }
            }

            Assert.NotNull(await desk.FindAsync(FirstId + 1, Token));
        }

        // Sessions tell what they read when they end.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (await ledger.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'claims-plans'") > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        Assert.True(await ledger.CountAsync("SELECT idx_scan FROM pg_stat_user_tables WHERE relid = 'claims.claim_file'::regclass") > 18);
        Assert.Equal(0, await ledger.CountAsync($"SELECT seq_scan - {ledger.SequentialScans} FROM pg_stat_user_tables WHERE relid = 'claims.claim_file'::regclass"));
    }

    [Fact]
    public async Task Find_UnknownNumber_IsNull() => Assert.Null(await ledger.Desk().FindAsync(7, Token));

    [Fact]
    public async Task Find_FileWithLeftOutClaims_TellsThemAndWhetherTheyAreKept()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        await database.ExecuteAsync(
            """
            INSERT INTO claims.claim_file (id, facility_id, external_id, name, kind, status, claim_count, left_out_count, warnings, content_hash, byte_count, received_at)
            SELECT claims.first_file_id(claims.file_month()) + i, 'F', i::text, 'n', 'remittance', CASE i WHEN 3 THEN 'quarantined' ELSE 'stored' END, 5, CASE WHEN i < 3 THEN 1001 ELSE 0 END, ARRAY['odd'], sha256(int4send(i)), 1, now()
            FROM generate_series(1, 4) i;
            INSERT INTO claims.claim_error (file_id, claim_no, facility_id, claim_id, line, rule, reason)
            SELECT claims.first_file_id(claims.file_month()) + f, i, 'F', CASE WHEN i > 1 THEN 'C' || i END, 10 + i, 'required', 'it is missing' FROM generate_series(1, 2) f, generate_series(1, 1001) i;
            INSERT INTO claims.claim_file_content (file_id, content) SELECT claims.first_file_id(claims.file_month()) + i, '' FROM unnest(ARRAY[1, 3]) i;
            """);
        IFileDesk desk = services.GetRequiredService<IFileDesk>();
        long first = await database.ScalarAsync<long>("SELECT claims.first_file_id(claims.file_month())");

        FileDetails kept = (await desk.FindAsync(first + 1, Token))!;

        Assert.Equal(("1", "remittance", FileStatus.Stored, 5, 1001), (kept.Entry.ExternalId, kept.Entry.Kind, kept.Entry.Status, kept.Entry.ClaimCount, kept.Entry.LeftOutCount));
        Assert.Equal(["odd"], kept.Warnings);
        Assert.Equal([new LeftOutClaim(1, null, 11, "required", "it is missing"), new LeftOutClaim(2, "C2", 12, "required", "it is missing")], kept.LeftOut.Take(2));
        Assert.Equal(1000, kept.LeftOut.Count);
        FileDetails[] all = [kept, (await desk.FindAsync(first + 2, Token))!, (await desk.FindAsync(first + 3, Token))!, (await desk.FindAsync(first + 4, Token))!];
        Assert.Equal([true, false, true, false], all.Select(d => d.CanReplay));
        Assert.All(all, d => Assert.Empty(d.Origin));
    }

    [Fact]
    public async Task Find_LedgerThatKnowsWhereFilesComeFrom_TellsIt()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);
        await services.Store().StoreAsync([Sample.Submission("s", Sample.Day1, Sample.Claim("C", 1m))], Token);
        await database.ExecuteAsync(
            """
            ALTER TABLE claims.claim_file ADD COLUMN IF NOT EXISTS host text, ADD COLUMN IF NOT EXISTS poll_id uuid, ADD COLUMN IF NOT EXISTS batch_id uuid, ADD COLUMN IF NOT EXISTS trace_id text;
            UPDATE claims.claim_file SET host = 'h/1', poll_id = '00000000-0000-0000-0000-000000000001', batch_id = NULL, trace_id = '4bf92f3577b34da6a3ce929d0e0e4736';
            """);

        FileDetails details = (await services.GetRequiredService<IFileDesk>().FindAsync(await database.ScalarAsync<long>("SELECT id FROM claims.claim_file"), Token))!;

        Assert.Equal(
            [new("host", "h/1"), new("poll", "00000000-0000-0000-0000-000000000001"), new("trace", "4bf92f3577b34da6a3ce929d0e0e4736")],
            details.Origin.OrderBy(o => o.Key, StringComparer.Ordinal));
    }

    /// <summary>A ledger of twelve months of a hundred facilities, of which one in a hundred files is quarantined, and one skipped.</summary>
    public sealed class FilledLedger : IAsyncLifetime
    {
        private ClaimsDatabase _database = null!;
        private ServiceProvider _services = null!;

        /// <summary>How often the ledger was read whole when it had been filled.</summary>
        public long SequentialScans { get; private set; }

        public async ValueTask InitializeAsync()
        {
            _database = await ClaimsDatabase.CreateAsync();
            await _database.ExecuteAsync(
                $"""
                INSERT INTO claims.claim_file (id, facility_id, external_id, name, kind, status, claim_count, error, content_hash, byte_count, received_at, stored_at)
                SELECT {FirstId} + i, 'F-' || i % 100, 'Ext-' || md5(i::text),
                       CASE WHEN i % 1000 = 7 THEN 'Élan ' || i WHEN i % 1000 = 8 THEN '100%_\' || i ELSE format('Claims_2026%s%s_%s.XML', lpad((i / 1000 + 1)::text, 2, '0'), lpad((i / 100 % 30)::text, 2, '0'), i) END,
                       'submission', s.status, CASE s.status WHEN 'stored' THEN 10 ELSE 0 END, CASE s.status WHEN 'quarantined' THEN 'not well-formed XML' END, sha256(int4send(i)), 1000,
                       timestamptz '2026-01-01 00:00Z' + i * interval '1 minute', timestamptz '2026-01-01 00:01Z' + i * interval '1 minute'
                FROM generate_series(1, {Files}) i, LATERAL (SELECT CASE i % 100 WHEN 0 THEN 'quarantined' WHEN 1 THEN 'skipped' ELSE 'stored' END AS status) s
                """);
            await _database.ExecuteAsync("CREATE TABLE ledger_copy AS TABLE claims.claim_file; ANALYZE claims.claim_file; SELECT pg_stat_force_next_flush()");
            _services = TestServices.Create(_database.ConnectionString);
            SequentialScans = await _database.ScalarAsync<long>("SELECT seq_scan FROM pg_stat_user_tables WHERE relid = 'claims.claim_file'::regclass");
        }

        public async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            await _database.DisposeAsync();
        }

        internal FileDesk Desk(int few = 5000, int recent = 20_000) =>
            new(_services.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Api)) { FewMatches = few, RecentFiles = recent };

        internal string ConnectionString => _database.ConnectionString;

        internal string Hash(int file) => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.ASCII.GetBytes(file.ToString(CultureInfo.InvariantCulture))));

        internal DateTimeOffset At(int file) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(file);

        internal Task<long> CountAsync(string sql) => _database.ScalarAsync<long>(sql);

        /// <summary>Finds them in the slow and plain way, which reads no index and knows no trick.</summary>
        internal async Task<long[]> WalkAsync(FileSearch search)
        {
            // The copy is what the walk reads, so that it is not counted.
            await using NpgsqlCommand command = _database.DataSource.CreateCommand(
                """
                SELECT coalesce(array_agg(id ORDER BY id DESC), '{}') FROM (
                  SELECT id FROM ledger_copy
                  WHERE ($1 IS NULL OR facility_id = $1) AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR starts_with(lower(external_id), lower($3)) OR starts_with(lower(name), lower($3))) AND id < $4
                  ORDER BY id DESC LIMIT $5) f
                """);
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = search.FacilityId });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = search.Status?.ToString().ToLowerInvariant() });
            command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = search.Text?.Trim().Replace('\0', '?') });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = search.Before ?? long.MaxValue });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = search.Limit });
            return (long[])(await command.ExecuteScalarAsync(Token))!;
        }
    }
}
