using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Schema;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Schema;

/// <summary>The script that turns a database with plain tables into one with partitions.</summary>
public sealed class MonthPartitionScriptTests : IAsyncLifetime
{
    private const string Rows =
        """
        INSERT INTO claims.claim_file (id, facility_id, external_id, name, kind, status, claim_count, transaction_date, sender_id, content_hash, byte_count, received_at)
        SELECT nextval('claims.claim_file_id'), 'F', 'e' || n, 'n', CASE n % 2 WHEN 0 THEN 'submission' ELSE 'remittance' END, 'stored', 50,
               timestamptz '2026-01-01Z' + n * interval '1 day', 'F', int4send(n), 1, now() FROM generate_series(1, 10) n;
        INSERT INTO claims.claim (file_id, claim_no, provider_id, claim_id, payer_id, gross, patient_share, net, is_marked_resubmission)
        SELECT id, n, 'F', 'C' || n, 'Y', n, 0, n, false FROM claims.claim_file, generate_series(1, 50) n WHERE kind = 'submission';
        INSERT INTO claims.activity (file_id, claim_no, line_no, activity_id, start_at, code, quantity, net) SELECT file_id, claim_no, 1, 'A', now(), 'K', 1, net FROM claims.claim;
        INSERT INTO claims.remittance_claim (file_id, claim_no, provider_id, claim_id) SELECT id, n, 'F', 'C' || n + 10 FROM claims.claim_file, generate_series(1, 50) n WHERE kind = 'remittance';
        INSERT INTO claims.remittance_activity (file_id, claim_no, line_no, activity_id, net, payment_amount) SELECT file_id, claim_no, 1, 'A', 1, claim_no % 7 FROM claims.remittance_claim;
        """;

    private PostgresServer _server = null!;
    private string _connectionString = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.GetAsync();
        _connectionString = await _server.CreateDatabaseAsync(cancellationToken: Token);
        _database = NpgsqlDataSource.Create(_connectionString);
        await MigrateAsync(script => string.CompareOrdinal(script.Split('.')[^2], "0006") < 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DropDatabaseAsync(_connectionString, CancellationToken.None);
    }

    [Fact]
    public async Task Migrate_WithRows_KeepsThemAndWhatStandsOnThem()
    {
        string reader = $"claims_reader_{Guid.NewGuid():N}";
        await ExecuteAsync(
            $"""
            {Rows}
            REFRESH MATERIALIZED VIEW claims.mv_balance_amount_summary; REFRESH MATERIALIZED VIEW claims.mv_remittance_advice_summary;
            REFRESH MATERIALIZED VIEW claims.mv_claim_summary_payerwise WITH NO DATA;
            CREATE INDEX mine ON claims.claim (payer_id); ALTER TABLE claims.claim ADD CONSTRAINT net_positive CHECK (net > 0);
            CREATE ROLE {reader}; GRANT SELECT ON claims.claim, claims.claim_balance, claims.mv_balance_amount_summary TO {reader}; GRANT UPDATE (payer_id) ON claims.claim TO {reader};
            COMMENT ON VIEW claims.claim_balance IS 'balance';
            """);
        string[] content =
        [
            "SELECT * FROM claims.claim ORDER BY 1, 2", "SELECT * FROM claims.activity ORDER BY 1, 2", "SELECT * FROM claims.remittance_activity ORDER BY 1, 2",
            "SELECT * FROM claims.claim_balance ORDER BY 1, 2", "SELECT * FROM claims.mv_balance_amount_summary ORDER BY 1, 2", "SELECT * FROM claims.mv_remittance_advice_summary ORDER BY 1, 2",
            "SELECT matviewname, ispopulated, definition FROM pg_matviews ORDER BY 1",
            "SELECT viewname, replace(definition, 'NULL::text AS text', 'NULL::text') FROM pg_views WHERE schemaname = 'claims' AND viewname <> 'month_partition' ORDER BY 1",
            "SELECT indexname, replace(indexdef, ' ONLY ', ' ') FROM pg_indexes WHERE schemaname = 'claims' AND indexname !~ '_(20\\d\\d_\\d\\d|older)(_|$)' ORDER BY 1",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'claims'::regnamespace AND conrelid::regclass::text !~ '_(20\\d\\d_\\d\\d|older)$' ORDER BY 1, 2",
            $"SELECT r.n, has_table_privilege('{reader}', 'claims.' || r.n, 'SELECT'), has_column_privilege('{reader}', 'claims.claim', 'payer_id', 'UPDATE') FROM unnest(ARRAY['claim', 'claim_balance', 'activity', 'mv_balance_amount_summary']) r (n)",
            "SELECT obj_description('claims.claim_balance'::regclass)",
        ];
        var before = new List<IReadOnlyList<string>>();
        foreach (string sql in content) before.Add(await RowsAsync(sql));

        await MigrateAsync(script => string.CompareOrdinal(script.Split('.')[^2], "0007") < 0);

        for (int i = 0; i < content.Length; i++) Assert.Equal(before[i], await RowsAsync(content[i]));
        Assert.All(before, rows => Assert.NotEmpty(rows));
        Assert.Equal(["(claim_older,t,250)"], await RowsAsync("SELECT partition, first_id = 0, (SELECT count(*) FROM claims.claim_older) FROM claims.month_partition WHERE parent = 'claim' AND partition LIKE '%older'"));
        Assert.Equal(["(t,t)"], await RowsAsync("SELECT claims.has_month(0), claims.has_month(claims.file_month())"));
        await ExecuteAsync("REFRESH MATERIALIZED VIEW CONCURRENTLY claims.mv_balance_amount_summary");
    }

    [Fact]
    public async Task Migrate_StrangersView_NamesItAndChangesNothing()
    {
        await ExecuteAsync(Rows + "CREATE VIEW public.my_report AS SELECT * FROM claims.mv_balance_amount_summary");

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => MigrateAsync(_ => true));

        Assert.Contains("my_report", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["(250)"], await RowsAsync("SELECT count(*) FROM claims.claim"));
        await ExecuteAsync("DROP VIEW public.my_report");
        await MigrateAsync(_ => true);
    }

    [Fact]
    public async Task Migrate_Fresh_HasThePresentMonthOnly()
    {
        await MigrateAsync(_ => true);

        Assert.Equal(["(8,t)"], await RowsAsync("SELECT count(*), bool_and(partition = parent || '_' || claims.month_name(claims.file_month())) FROM claims.month_partition"));
    }

    private Task MigrateAsync(Func<string, bool> includes) =>
        new SchemaMigrator(Options.Create(new PostgresOptions { ConnectionString = _connectionString }), TimeProvider.System, NullLogger<SchemaMigrator>.Instance) { Includes = includes }.MigrateAsync(Token);

    private async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task<IReadOnlyList<string>> RowsAsync(string sql)
    {
        await using NpgsqlCommand command = _database.CreateCommand($"SELECT q::text FROM ({sql}) q");
        var rows = new List<string>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token)) rows.Add(reader.GetString(0));
        return rows;
    }
}
