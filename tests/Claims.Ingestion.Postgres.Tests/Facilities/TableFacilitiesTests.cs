using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Facilities;
using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Facilities;

public sealed class TableFacilitiesTests : IAsyncLifetime
{
    private const string Insert = "INSERT INTO claims.facility (facility_id, poller, endpoint) VALUES";
    private const string Look = "sum(hashtextextended(xmin";
    private const string Read = "ORDER BY facility_id";

    private ClaimsDatabase _database = null!;
    private FacilityHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new FacilityHost(_database.ConnectionString);
        await _database.ExecuteAsync($"{Insert} ('A', 'directory', '/a'), ('B', 'directory', '/b')");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task GetFacilities_NothingChanged_LooksOnceASecondAndReadsNoRows()
    {
        IReadOnlyList<Facility> first = await _host.AskAsync();
        Assert.Same(first, await _host.AskAsync());
        _host.Time.Advance(TableFacilities.CheckInterval - TimeSpan.FromTicks(1));
        Assert.Same(first, await _host.AskAsync());
        Assert.Equal((1, 1), (_host.CountCommands(Look), _host.CountCommands(Read)));

        for (int i = 0; i < 3; i++) Assert.Same(first, await _host.AskLaterAsync());

        Assert.Equal((4, 1), (_host.CountCommands(Look), _host.CountCommands(Read)));
        Assert.Equal(["A", "B"], first.Select(f => f.Id));
    }

    [Fact]
    public async Task GetFacilities_AskedByManyAtOnce_LooksOnce()
    {
        IReadOnlyList<Facility>[] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(_host.AskAsync)));

        Assert.All(answers, answer => Assert.Same(answers[0], answer));
        Assert.Equal(1, _host.CountCommands(Look));
    }

    [Theory]
    [InlineData("INSERT INTO claims.facility (facility_id, poller, endpoint) VALUES ('C', 'directory', '/c')", "A:/a:False, B:/b:False, C:/c:False")]
    [InlineData("UPDATE claims.facility SET endpoint = '/other' WHERE facility_id = 'B'", "A:/a:False, B:/other:False")]
    [InlineData("UPDATE claims.facility SET is_paused = true WHERE facility_id = 'A'", "A:/a:True, B:/b:False")]
    [InlineData("DELETE FROM claims.facility WHERE facility_id = 'A'", "B:/b:False")]
    [InlineData("UPDATE claims.facility SET facility_id = 'Z' WHERE facility_id = 'A'", "B:/b:False, Z:/a:False")]
    [InlineData("TRUNCATE claims.facility", "")]
    public async Task GetFacilities_ChangedByAnotherClient_IsSeenAfterASecond(string change, string expected)
    {
        IReadOnlyList<Facility> before = await _host.AskAsync();
        await _database.ExecuteAsync(change);
        Assert.Same(before, await _host.AskAsync());

        IReadOnlyList<Facility> after = await _host.AskLaterAsync();

        Assert.Equal(expected, string.Join(", ", after.Select(f => $"{f.Id}:{f.Endpoint}:{f.IsPaused}")));
        Assert.Same(after, await _host.AskLaterAsync());
    }

    [Fact]
    public async Task GetFacilities_ChangedThroughTheTableOfAnotherHost_IsSeenThereAtOnceAndHereAfterASecond()
    {
        await using FacilityHost other = new(_database.ConnectionString);
        IReadOnlyList<Facility> before = await _host.AskAsync();
        await other.AskAsync();

        await other.Table.SetPausedAsync("A", true, Token);

        Assert.True((await other.AskAsync())[0].IsPaused);
        Assert.Same(before, await _host.AskAsync());
        Assert.True((await _host.AskLaterAsync())[0].IsPaused);
    }

    [Fact]
    public async Task GetFacilities_TransactionThatCommitsLate_IsSeen()
    {
        await using NpgsqlConnection late = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await late.BeginTransactionAsync(Token);
        await using (var insert = new NpgsqlCommand($"{Insert} ('LATE', 'directory', '/late')", late, transaction)) await insert.ExecuteNonQueryAsync(Token);
        await _database.ExecuteAsync($"{Insert} ('C', 'directory', '/c')");
        Assert.Equal(["A", "B", "C"], await _host.AskLaterForIdsAsync());

        await transaction.CommitAsync(Token);

        Assert.Equal(["A", "B", "C", "LATE"], await _host.AskLaterForIdsAsync());
    }

    [Fact]
    public async Task GetFacilities_InvalidRows_AreLeftOutWithOneWarningForEachSet()
    {
        await _database.ExecuteAsync($"{Insert} ('C', 'telex', '/c')");
        Assert.Equal(["A", "B"], await _host.AskLaterForIdsAsync());
        await _database.ExecuteAsync("UPDATE claims.facility SET endpoint = '/elsewhere' WHERE facility_id = 'A'");
        Assert.Equal("/elsewhere", (await _host.AskLaterAsync())[0].Endpoint);
        const string Telex = "Facility 'C': poller is 'telex'; it must be one of the registered pollers: directory.";
        Assert.Equal(
            [$"1 rows of claims.facility are left out, and the other facilities go on. {Telex} Correct the rows; this host sees it by itself"],
            _host.Messages(5204));
        Assert.Equal([null, null, Telex["Facility 'C': ".Length..]], (await _host.Table.ListAsync(Token)).Select(e => e.Problem));

        await _database.ExecuteAsync("UPDATE claims.facility SET window_from = '08:00', window_to = '09:00', window_zone = 'Mars/Olympus' WHERE facility_id = 'B'");
        Assert.Equal(["A"], await _host.AskLaterForIdsAsync());
        Assert.Equal(
            "2 rows of claims.facility are left out, and the other facilities go on. Facility 'B': window_zone is 'Mars/Olympus'; it must be the IANA name of a time zone that this " +
            $"machine's time zone data (tzdata) holds, for example Asia/Dubai. {Telex} Correct the rows; this host sees it by itself",
            _host.Messages(5204).Last());

        await _database.ExecuteAsync("UPDATE claims.facility SET poller = 'directory', window_from = NULL, window_to = NULL, window_zone = NULL");
        Assert.Equal(["A", "B", "C"], await _host.AskLaterForIdsAsync());
        Assert.Equal(2, _host.Messages(5204).Count());
    }

    [Fact]
    public async Task GetFacilities_InvalidRowsWithoutTheConstraints_AreLeftOut()
    {
        await _database.ExecuteAsync("ALTER TABLE claims.facility DROP CONSTRAINT facility_poll_interval_check, DROP CONSTRAINT facility_priority_check");
        await _database.ExecuteAsync("UPDATE claims.facility SET poll_interval = '0', priority = 99 WHERE facility_id = 'A'");

        Assert.Equal(["B"], await _host.AskLaterForIdsAsync());

        Assert.Contains(
            "Facility 'A': poll_interval is 00:00:00; it must be from 00:00:01 to 7.00:00:00. priority is 99; it must be from -10 to 10.",
            Assert.Single(_host.Messages(5204)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetFacilities_DatabaseAway_KeepsTheLastListWithOneWarningForEachOutage()
    {
        IReadOnlyList<Facility> before = await _host.AskAsync();
        for (int outage = 1; outage <= 2; outage++)
        {
            await AllowConnectionsAsync(false);
            Assert.Same(before, await _host.AskLaterAsync());
            Assert.Same(before, await _host.AskLaterAsync());
            Assert.Same(before, await _host.AskLaterAsync());
            Assert.Equal(outage, _host.Messages(5205).Count());
            Assert.Equal(outage - 1, _host.Messages(5206).Count());

            await AllowConnectionsAsync(true);
            Assert.Same(before, await _host.AskLaterAsync());
            Assert.Equal(outage, _host.Messages(5206).Count());
        }

        Assert.All(_host.Messages(5205), message => Assert.Matches(
            "^claims.facility cannot be read, since PostgreSQL reported .*: the 2 facilities that were read last stay, and changes are not seen until it answers$", message));
    }

    [Fact]
    public async Task GetFacilities_DatabaseHangs_KeepsTheLastListAfterTheLimit()
    {
        IReadOnlyList<Facility> before = await _host.AskAsync();
        await using NpgsqlConnection holder = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await holder.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("LOCK TABLE claims.facility", holder, transaction)) await hold.ExecuteNonQueryAsync(Token);

        Task<IReadOnlyList<Facility>> asked = _host.AskLaterAsync();
        _host.Time.Advance(TableFacilities.Limit);

        Assert.Same(before, await asked);
        Assert.Contains("since it did not answer within 5 s", Assert.Single(_host.Messages(5205)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetFacilities_Cancelled_ThrowsAndLogsNothing()
    {
        await _host.AskAsync();
        _host.Time.Advance(TableFacilities.CheckInterval);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _host.Directory.GetFacilitiesAsync(new CancellationToken(canceled: true)));

        Assert.Empty(_host.Messages(5205));
        Assert.Equal(["A", "B"], (await _host.AskAsync()).Select(f => f.Id));
    }

    [Fact]
    public async Task GetFacilities_NeverRead_ThrowsUntilTheDatabaseAnswers()
    {
        await AllowConnectionsAsync(false);
        await Assert.ThrowsAsync<InvalidOperationException>(_host.AskAsync);
        await AllowConnectionsAsync(true);
        Assert.Equal(["A", "B"], (await _host.AskAsync()).Select(f => f.Id));
        Assert.Empty(_host.Messages(5205));

        await using FacilityHost away = new("Host=127.0.0.1;Port=1;Username=claims;Database=claims");
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(away.AskAsync);
        Assert.Equal("claims.facility cannot be read, since the database cannot be reached: SocketException.", exception.Message);
    }

    [Fact]
    public async Task GetFacilities_TableMissing_SaysSo()
    {
        await _database.ExecuteAsync("DROP TABLE claims.facility");

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(_host.AskAsync);

        Assert.Equal("claims.facility cannot be read, since PostgreSQL reported 42P01 (a table is missing: is the schema migrated?).", exception.Message);
    }

    /// <summary>Shuts the database out, with the connections that are open to it, or lets it be used again.</summary>
    private async Task AllowConnectionsAsync(bool isAllowed)
    {
        string name = new NpgsqlConnectionStringBuilder(_database.ConnectionString).Database!;
        await using NpgsqlDataSource admin = NpgsqlDataSource.Create((await PostgresServer.GetAsync()).AdminConnectionString);
        foreach (string sql in new[] { $"ALTER DATABASE {name} ALLOW_CONNECTIONS {isAllowed}", $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'" })
        {
            await using NpgsqlCommand command = admin.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(Token);
        }
    }
}
