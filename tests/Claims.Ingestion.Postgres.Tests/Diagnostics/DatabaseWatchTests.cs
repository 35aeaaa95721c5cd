using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

/// <summary>What the watch sees of a real database.</summary>
public sealed class DatabaseWatchTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private WatchHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new WatchHost(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Look_SessionsWaitForARow_ShowsEachWithWhoHoldsItAndTheTable()
    {
        Assert.Empty((await _host.ReadAsync()).Blocked);
        await _database.ExecuteAsync("CREATE TABLE public.shared (n integer); INSERT INTO public.shared VALUES (1)");
        await using NpgsqlConnection holder = await OpenAsync("the holder");
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await using (var update = new NpgsqlCommand("UPDATE public.shared SET n = 2", holder)) await update.ExecuteNonQueryAsync(Token);
        await using NpgsqlConnection first = await OpenAsync("first in line"), second = await OpenAsync("second in line");
        await using NpgsqlCommand firstUpdate = new("UPDATE public.shared SET n = 3", first), secondUpdate = new("UPDATE public.shared SET n = 4", second);
        Task waiting = firstUpdate.ExecuteNonQueryAsync(Token);
        await WaitForBlockedAsync(1);
        waiting = Task.WhenAll(waiting, secondUpdate.ExecuteNonQueryAsync(Token));
        await WaitForBlockedAsync(2);

        DatabaseLook look = await _host.LookAsync();

        Assert.Equal(2, look.Waiting);
        BlockedSession longest = look.Reading.Blocked[0], later = look.Reading.Blocked[1];
        Assert.Equal(
            (first.ProcessID, "first in line", holder.ProcessID, "the holder", "idle in transaction", "public.shared"),
            (longest.Pid, longest.Application, longest.BlockedByPid, longest.BlockedByApplication, longest.BlockedByState, longest.Relation));
        Assert.Equal((second.ProcessID, "second in line", first.ProcessID, "active", "public.shared"), (later.Pid, later.Application, later.BlockedByPid, later.BlockedByState, later.Relation));
        Assert.True(longest.Waiting >= later.Waiting && later.Waiting > TimeSpan.Zero, $"{longest.Waiting} {later.Waiting}");
        Assert.Equal(longest.Waiting, look.LongestWait);

        await transaction.RollbackAsync(Token);
        await waiting;
        Assert.Equal(0, (await _host.LookAsync()).Waiting);
    }

    [Fact]
    public async Task Look_Deadlock_IsCounted()
    {
        Assert.Equal(0, (await _host.ReadAsync()).Deadlocks);
        await _database.ExecuteAsync("CREATE TABLE public.pair (id integer PRIMARY KEY, n integer); INSERT INTO public.pair VALUES (1, 0), (2, 0)");
        await using (NpgsqlConnection one = await OpenAsync("one"), other = await OpenAsync("other"))
        {
            await using NpgsqlTransaction first = await one.BeginTransactionAsync(Token), second = await other.BeginTransactionAsync(Token);
            await UpdateAsync(one, 1);
            await UpdateAsync(other, 2);
            Task[] crossed = [UpdateAsync(one, 2), UpdateAsync(other, 1)];

            // The victim lets go of its locks at once, so the other may be done before it.
            await Task.WhenAll(crossed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            PostgresException victim = Assert.IsType<PostgresException>(Assert.Single(crossed, update => update.IsFaulted).Exception!.InnerException);
            Assert.Equal(PostgresErrorCodes.DeadlockDetected, victim.SqlState);
        }

        Assert.Equal(1, (await _host.LookUntilAsync(look => look.Reading.Deadlocks > 0)).Reading.Deadlocks);

        static async Task UpdateAsync(NpgsqlConnection connection, int id)
        {
            await using var command = new NpgsqlCommand($"SET LOCAL deadlock_timeout = '20ms'; UPDATE public.pair SET n = n + 1 WHERE id = {id}", connection);
            await command.ExecuteNonQueryAsync(Token);
        }
    }

    [Fact]
    public async Task Look_BetweenTwo_ShowsCacheAndLog_AndTheSizesOfTablesOnceAMinute()
    {
        DatabaseWatchReading first = await _host.ReadAsync();
        Assert.Equal((null, null), (first.CacheHitShare, first.WalBytesPerSecond));
        Assert.True(first.DatabaseBytes > 1_000_000);
        Assert.Equal(DatabaseStatistics.MaxTables, first.Tables.Count);
        Assert.Equal(first.Tables.OrderByDescending(table => table.Bytes).Select(table => table.Name), first.Tables.Select(table => table.Name));

        await RunAndCloseAsync(
            """
            CREATE TABLE public.measured (id bigint, filler text) PARTITION BY RANGE (id);
            CREATE TABLE public.measured_1 PARTITION OF public.measured FOR VALUES FROM (0) TO (1000) WITH (autovacuum_enabled = false);
            CREATE TABLE public.measured_2 PARTITION OF public.measured FOR VALUES FROM (1000) TO (9000) WITH (autovacuum_enabled = false);
            INSERT INTO public.measured SELECT n, repeat('x', 1000) FROM generate_series(0, 2999) n;
            DELETE FROM public.measured WHERE id >= 2500;
            """);
        await RunAndCloseAsync("VACUUM public.measured_1");
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        DatabaseWatchReading second = await _host.ReadAsync();

        Assert.InRange(second.CacheHitShare!.Value, 0, 1);
        Assert.True(second.WalBytesPerSecond >= 300_000, $"{second.WalBytesPerSecond}");
        Assert.DoesNotContain(second.Tables, table => table.Name == "public.measured");

        _host.Time.Advance(TimeSpan.FromSeconds(50));
        DatabaseLook third = await _host.LookUntilAsync(look =>
        {
            _host.Time.Advance(TimeSpan.FromMinutes(1));
            return look.Reading.Tables.Any(table => table is { Name: "public.measured", DeadRows: > 0, LastVacuum: not null });
        });

        TableOverview table = Assert.Single(third.Reading.Tables, table => table.Name.StartsWith("public.measured", StringComparison.Ordinal));
        Assert.Equal((2500, 500), (table.LiveRows, table.DeadRows));
        Assert.True(table.Bytes >= 3_000_000, $"{table.Bytes}");
        Assert.True(table.LastVacuum > DateTimeOffset.UnixEpoch);
        Assert.True(third.WalBytes >= 3_000_000, $"{third.WalBytes}");
    }

    [Fact]
    public async Task Look_IndexThatWasEmptied_IsSaidToBeSpare_AndAFilledOneIsNot()
    {
        await RunAndCloseAsync(
            """
            CREATE TABLE public.indexed (id bigint, word text) WITH (autovacuum_enabled = false);
            INSERT INTO public.indexed SELECT n, md5(n::text) FROM generate_series(1, 60000) n;
            CREATE INDEX ON public.indexed (id);
            CREATE INDEX ON public.indexed (word, id);
            CREATE INDEX ON public.indexed (upper(word));
            CREATE INDEX ON public.indexed USING brin (id);
            ANALYZE public.indexed;
            """);
        TableOverview filled = await MeasuredAsync();
        await RunAndCloseAsync("DELETE FROM public.indexed WHERE id % 10 <> 0");
        await RunAndCloseAsync("VACUUM (ANALYZE) public.indexed");
        TableOverview emptied = await MeasuredAsync();

        Assert.Equal(await _database.ScalarAsync<long>("SELECT sum(pg_relation_size(indexrelid))::int8 FROM pg_stat_user_indexes i JOIN pg_class c ON c.oid = indexrelid WHERE i.relname = 'indexed' AND relam = (SELECT oid FROM pg_am WHERE amname = 'btree')"), filled.IndexBytes);
        Assert.InRange((double)filled.SpareIndexBytes / filled.IndexBytes, 0, 0.1);
        Assert.InRange((double)emptied.SpareIndexBytes / emptied.IndexBytes, 0.8, 0.95);
        Assert.InRange(emptied.IndexBytes, filled.IndexBytes, filled.IndexBytes * 1.1);

        async Task<TableOverview> MeasuredAsync()
        {
            _host.Time.Advance(TimeSpan.FromMinutes(1));
            return Assert.Single((await _host.ReadAsync()).Tables, table => table.Name == "public.indexed");
        }
    }

    [Fact]
    public async Task Look_QuarantinedFilesAndReportsBehind_AreShown()
    {
        await _host.Services.Store().StoreAsync([Sample.Submission("one", Sample.Day1, Sample.Claim("C1", 1m, 1), Sample.Claim("C2", 1m, 2))], Token);
        await _database.ExecuteAsync(
            """
            UPDATE claims.view_change SET at = at - interval '10 minutes';
            INSERT INTO claims.claim_file (id, facility_id, external_id, name, status, content_hash, byte_count, received_at)
            SELECT n, 'F', n::text, 'x', CASE WHEN n <= 3 THEN 'quarantined' ELSE 'skipped' END, '', 1, now() FROM generate_series(1, 5) n;
            """);

        DatabaseLook look = await _host.LookAsync();

        Assert.Equal(3, look.Quarantined);
        Assert.Equal(["mv_balance_amount_summary", "mv_claim_summary_payerwise", "mv_remittance_advice_summary"], look.Reports.Select(report => report.Name));
        Assert.All(look.Reports, report => Assert.Equal(2, report.WaitingClaims));
        Assert.All(look.Reports, report => Assert.InRange(report.Staleness, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)));
        Assert.Equal(look.Staleness, _host.Watch.TakeWorstStaleness());
        Assert.Equal(TimeSpan.Zero, _host.Watch.TakeWorstStaleness());
    }

    [Fact]
    public async Task Look_AccountWithoutRights_SeesTheRestAndSaysWhatToGrant()
    {
        string role = $"claims_guest_{Guid.NewGuid():N}";
        await _database.ExecuteAsync($"CREATE ROLE {role} LOGIN");
        await using var host = new WatchHost(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Username = role, Password = null }.ConnectionString);
        await _database.ExecuteAsync("CREATE TABLE public.shared (n integer); INSERT INTO public.shared VALUES (1)");
        await using NpgsqlConnection holder = await OpenAsync("the holder");
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await using (var update = new NpgsqlCommand("LOCK TABLE public.shared IN EXCLUSIVE MODE", holder)) await update.ExecuteNonQueryAsync(Token);
        Task waiting = _database.ExecuteAsync("UPDATE public.shared SET n = 3");
        await WaitForBlockedAsync(1);

        DatabaseLook look = await host.LookAsync();

        Assert.Equal(
            [
                $"What sessions of other accounts do: GRANT pg_read_all_stats TO {role}.",
                $"How fresh the reports are: GRANT USAGE ON SCHEMA claims and SELECT ON claims.report_state TO {role}.",
                $"How many files are quarantined: GRANT USAGE ON SCHEMA claims and SELECT ON claims.claim_file TO {role}.",
                "Slow statements: add pg_stat_statements to shared_preload_libraries of the server, start it anew, and CREATE EXTENSION pg_stat_statements in this database.",
            ],
            look.Reading.Unavailable);
        BlockedSession blocked = Assert.Single(look.Reading.Blocked);
        Assert.Equal((holder.ProcessID, "not visible", "public.shared"), (blocked.BlockedByPid, blocked.BlockedByState, blocked.Relation));
        Assert.Equal((null, true), (look.Quarantined, look.Reading.DatabaseBytes > 0));
        Assert.Empty(look.Reports);
        (HealthStatus status, string? text) = await host.CheckAsync("claims-schema");
        Assert.Equal(
            (HealthStatus.Degraded, "It is not known which schema the database has: PostgreSQL reported 42501 (the account lacks a right). The account needs SELECT ON claims.schema_version."), (status, text));

        await transaction.RollbackAsync(Token);
        await waiting;
        await host.DisposeAsync();
        await _database.ExecuteAsync($"DROP ROLE {role}");
    }

    [Fact]
    public async Task Look_ServerThatRefusesOneQuestion_AnswersTheOthers()
    {
        await _database.ExecuteAsync(
            """
            CREATE SCHEMA refusing;
            CREATE FUNCTION refusing.pg_current_wal_lsn() RETURNS pg_lsn LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not here' USING ERRCODE = '0A000'; END $$;
            """);
        await using var host = new WatchHost(_database.ConnectionString + ";Search Path=refusing,pg_catalog");

        DatabaseLook look = await host.LookAsync();

        Assert.Contains("The rate of the write-ahead log: PostgreSQL reported 0A000 (see the PostgreSQL manual, appendix A).", look.Reading.Unavailable);
        Assert.Equal((null, 0), (look.WalBytes, look.Quarantined));
        Assert.Equal(3, look.Reports.Count);
    }

    [Fact]
    public async Task Look_DatabaseAway_TheReadingGrowsOldAndOneLineSaysSo()
    {
        DatabaseWatchReading before = await _host.ReadAsync();

        // A connection that was closed in between says nothing of the server.
        await DropTheWatchAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotSame(before, before = await _host.ReadAsync());
        Assert.Empty(_host.Messages("WatchBlind"));

        string name = new NpgsqlConnectionStringBuilder(_database.ConnectionString).Database!;
        await AdminAsync($"ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS false");
        await DropTheWatchAsync();
        for (int i = 0; i < 4; i++)
        {
            Assert.False(_host.Watch.IsStale);
            _host.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Same(before, await _host.ReadAsync());
        }

        Assert.True(_host.Watch.IsStale);
        Assert.Equal(TimeSpan.FromSeconds(40), _host.Watch.Age);
        Assert.Equal("The watch does not see the database; it looks again every 00:00:10: PostgreSQL reported 55000 (see the PostgreSQL manual, appendix A)", Assert.Single(_host.Messages("WatchBlind")));

        await AdminAsync($"ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS true");
        Assert.NotSame(before, await _host.ReadAsync());
        Assert.Equal(TimeSpan.Zero, _host.Watch.Age);
        Assert.Single(_host.Messages("WatchSees"));
    }

    [Fact]
    public async Task Look_NoServerThere_SaysWhy()
    {
        await using var host = new WatchHost("Host=127.0.0.1;Port=1;Username=x;Database=x");

        await host.Watch.RunOnceAsync(Token);
        await host.Watch.RunOnceAsync(Token);

        Assert.Null(host.Watch.Last);
        Assert.True(host.Watch.IsStale);
        Assert.StartsWith("The watch does not see the database; it looks again every 00:00:10: the database cannot be reached", Assert.Single(host.Messages("WatchBlind")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_WithPgStatStatements_ShowsNormalizedTextsAndNoValues()
    {
        Assert.SkipUnless(
            await _database.ScalarAsync<bool>("SELECT current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements')"),
            "The server of the tests has no pg_stat_statements.");
        const string Secret = "784198512345678";
        Assert.Empty((await _host.ReadAsync()).SlowStatements);
        await _database.ExecuteAsync("CREATE EXTENSION pg_stat_statements; CREATE TABLE public.patient (id bigint, name text)");
        for (int i = 0; i < 3; i++) await _database.ExecuteAsync($"SELECT pg_sleep(0.02), id FROM public.patient WHERE id = {Secret} OR name = 'Nobody {Secret}' UNION ALL SELECT pg_sleep(0.02), 1");
        await _database.ExecuteAsync($"DO $$ BEGIN PERFORM pg_sleep(0.05), '{Secret}'; END $$");
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        DatabaseWatchReading reading = await _host.ReadAsync();

        StatementOverview statement = Assert.Single(reading.SlowStatements, statement => statement.Text.Contains("public.patient WHERE id = $2 OR name = $3", StringComparison.Ordinal));
        Assert.Equal(3, statement.Calls);
        Assert.True(statement.Mean >= TimeSpan.FromMilliseconds(20) && statement.Total >= 2.9 * statement.Mean, $"{statement}");
        Assert.Contains(reading.SlowStatements, hidden => hidden.Text == StatementText.Hidden && hidden.Mean >= TimeSpan.FromMilliseconds(50));
        Assert.All(reading.SlowStatements, shown => Assert.DoesNotContain(Secret, shown.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(reading.Unavailable, text => text.StartsWith("Slow statements", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Look_TableLockedForLong_GivesUpSoonAndKeepsWhatItKnew()
    {
        DatabaseWatchReading before = await _host.ReadAsync();
        await using NpgsqlConnection holder = await OpenAsync("the holder");
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("LOCK TABLE claims.facility IN ACCESS EXCLUSIVE MODE", holder)) await command.ExecuteNonQueryAsync(Token);
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        DatabaseWatchReading reading = await _host.ReadAsync();

        Assert.Contains("The sizes of tables: a table is locked; the next look asks again.", reading.Unavailable);
        Assert.Equal((before.Tables, before.DatabaseBytes), (reading.Tables, reading.DatabaseBytes));
    }

    [Fact]
    public async Task Metrics_NamesKindsUnitsAndValues_AreAsDocumented()
    {
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, _host.Services.GetRequiredService<IMeterFactory>()) && instrument.Name.Split('.')[1] is "database" or "ledger" || instrument.Name is "claims.view.staleness" or "claims.view.waiting_claims")
                    instruments.Add($"{instrument.Meter.Name} {instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
            },
        };
        _ = _host.Watch;
        listener.Start();
        Assert.Equal(
            [
                "claims.database.cache.hit ObservableGauge 1",
                "claims.database.dead_rows ObservableGauge {row}",
                "claims.database.deadlocks ObservableCounter {deadlock}",
                "claims.database.index.size ObservableGauge By",
                "claims.database.index.spare ObservableGauge By",
                "claims.database.lock.wait.max ObservableGauge s",
                "claims.database.lock.waiting ObservableGauge {session}",
                "claims.database.size ObservableGauge By",
                "claims.database.wal ObservableCounter By",
                "claims.database.watch.age ObservableGauge s",
                "claims.ledger.quarantined ObservableGauge {file}",
                "claims.view.staleness ObservableGauge s",
                "claims.view.waiting_claims ObservableGauge {claim}",
            ],
            instruments.Select(text => text.Replace("Claims.Ingestion.Postgres ", "", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));

        Assert.Empty(Values<int>("claims.database.lock.waiting"));
        _host.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(7.0, Assert.Single(Values<double>("claims.database.watch.age")).Value);

        await _host.LookAsync();
        _host.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3.0, Assert.Single(Values<double>("claims.database.watch.age")).Value);
        Assert.Equal(0, Assert.Single(Values<int>("claims.database.lock.waiting")).Value);
        Assert.Equal(0.0, Assert.Single(Values<double>("claims.database.lock.wait.max")).Value);
        Assert.Equal(0, Assert.Single(Values<long>("claims.database.deadlocks")).Value);
        Assert.Equal(0, Assert.Single(Values<long>("claims.database.wal")).Value);
        Assert.Equal(0, Assert.Single(Values<long>("claims.ledger.quarantined")).Value);
        Assert.True(Assert.Single(Values<long>("claims.database.size")).Value > 1_000_000);
        Assert.Empty(Values<double>("claims.database.cache.hit"));
        Assert.Equal(DatabaseStatistics.MaxTables, Values<long>("claims.database.dead_rows").Select(m => (string)m.Tags["claims.table"]!).Distinct().Count());
        Assert.Equal(3, Values<double>("claims.view.staleness").Select(m => (string)m.Tags["claims.view"]!).Distinct().Count());
        Assert.Equal(3, Values<long>("claims.view.waiting_claims").Count);
    }

    [Fact]
    public async Task SwitchedOff_LooksAtNothingAndShowsNothing()
    {
        await using var host = new WatchHost(_database.ConnectionString, ("Watch:Enabled", "false"));

        await host.Watch.StartAsync(Token);
        await host.Watch.ExecuteTask!;

        Assert.Equal((null, null, true), (host.Watch.Last, host.Watch.Age, host.Watch.IsStale));
    }

    [Fact]
    public async Task Started_LooksAtOnceAndAgainAfterTheInterval_UntilItIsStopped()
    {
        await _host.Watch.StartAsync(Token);
        await UntilAsync(() => _host.Watch.Last is not null);
        DatabaseLook first = _host.Watch.Last!;

        await UntilAsync(() =>
        {
            _host.Time.Advance(TimeSpan.FromSeconds(10));
            return !ReferenceEquals(first, _host.Watch.Last);
        });

        await _host.Watch.StopAsync(Token);
        Assert.True(_host.Watch.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Empty(_host.Messages("WatchBlind"));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task AdminAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await PostgresServer.GetAsync()).AdminConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task DropTheWatchAsync() => await AdminAsync(
        $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'claims-watch' AND datname = '{new NpgsqlConnectionStringBuilder(_database.ConnectionString).Database}'");

    private IReadOnlyList<CollectedMeasurement<T>> Values<T>(string name)
        where T : struct
    {
        using var collector = new MetricCollector<T>(_host.Services.GetRequiredService<IMeterFactory>(), DataSourceMetrics.MeterName, name);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    /// <summary>A session that ends writes its statistics down; one that goes on may take ten seconds.</summary>
    private async Task RunAndCloseAsync(string sql)
    {
        await using NpgsqlConnection connection = await OpenAsync("test");
        int pid = connection.ProcessID;
        await using (var command = new NpgsqlCommand(sql, connection)) await command.ExecuteNonQueryAsync(Token);
        await connection.CloseAsync();
        while (await _database.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}") > 0) await Task.Yield();
    }

    private async Task<NpgsqlConnection> OpenAsync(string application)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false, ApplicationName = application }.ConnectionString);
        await connection.OpenAsync(Token);
        return connection;
    }

    private async Task WaitForBlockedAsync(int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using NpgsqlCommand command = _database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE a.datname = current_database() AND NOT l.granted AND l.waitstart IS NOT NULL");
        while ((long)(await command.ExecuteScalarAsync(limit.Token))! < count) await Task.Yield();
    }
}
