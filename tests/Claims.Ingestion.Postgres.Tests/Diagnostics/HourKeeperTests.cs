using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class HourKeeperTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private WatchHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HourKeeper Keeper => _host.Services.GetRequiredService<HourKeeper>();

    private IHourDesk Desk => _host.Services.GetRequiredService<IHourDesk>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new WatchHost(_database.ConnectionString);
        _host.Time.SetUtcNow(new DateTimeOffset(2026, 11, 29, 8, 50, 0, TimeSpan.Zero));
        _ = Keeper;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Run_WhatTheMetricsCount_IsKeptByTheHourAndNotTwice()
    {
        Count("claims.facility.files", 3, "claims.fate", "stored");
        Count("claims.facility.files", 2, "claims.fate", "quarantined");
        Count("claims.facility.files", 1, "claims.fate", "skipped");
        Count("claims.facility.claims", 50, "claims.fate", "stored");
        Count("claims.facility.claims", 4, "claims.fate", "left_out");
        Count("claims.scheduling.polls", 7, "claims.poll.outcome", "succeeded");
        Count("claims.scheduling.polls", 2, "claims.poll.outcome", "credential_refused");
        Count("claims.scheduling.polls", 1, "claims.poll.outcome", "incomplete");
        await Keeper.RunOnceAsync(Token);
        Count("claims.facility.claims", 5, "claims.fate", "stored");
        await Keeper.RunOnceAsync(Token);

        _host.Time.Advance(TimeSpan.FromMinutes(9.9));
        Count("claims.facility.claims", 1000, "claims.fate", "stored");
        _host.Time.Advance(TimeSpan.FromMinutes(0.2));
        Count("claims.facility.claims", 1, "claims.fate", "stored");
        await Keeper.RunOnceAsync(Token);
        await Keeper.RunOnceAsync(Token);

        Assert.Equal([Hour(8, 1055, 6, 2, 3), Hour(9, 1, 0, 0, 0)], await ReadAsync());
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.ingestion_hour"));
    }

    [Fact]
    public async Task Run_NothingHappens_KeepsThatTheHostRan()
    {
        await Keeper.RunOnceAsync(Token);

        Assert.Equal([Hour(8, 0, 0, 0, 0)], await ReadAsync());
    }

    [Fact]
    public async Task Run_WhatGovernorAndWatchSaw_IsKeptAtItsWorst()
    {
        await _host.Services.Store().StoreAsync([Sample.Submission("one", Sample.Day1, Sample.Claim("C1", 1m, 1))], Token);
        await _database.ExecuteAsync("UPDATE claims.view_change SET at = at - interval '10 minutes'");
        await _host.LookAsync();
        await _database.ExecuteAsync("UPDATE claims.view_change SET at = at + interval '9 minutes'");
        await _host.LookAsync();

        // The database does not say who waits for locks: then ingestion gets the safe share.
        var governor = _host.Services.GetRequiredService<Governor>();
        governor.DecideOnce();
        _host.Time.Advance(TimeSpan.FromSeconds(6));
        governor.DecideOnce();
        await Keeper.RunOnceAsync(Token);

        HourFigures figures = Assert.Single(await ReadAsync());
        Assert.Equal((0.25, null), (figures.LeastShare, figures.UserLatency));
        Assert.InRange(figures.Staleness, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Read_SeveralHosts_SumsCountsAndTakesTheWorst()
    {
        Count("claims.facility.claims", 10, "claims.fate", "stored");
        await Keeper.RunOnceAsync(Token);
        await _database.ExecuteAsync("INSERT INTO claims.ingestion_hour VALUES ('2026-11-29 08:00+00', 'other', 5, 4, 3, 2, 0.25, 0.5, 90), ('2026-11-29 10:00+00', 'other', 1, 1, 1, 1, NULL, 1, 0)");

        Assert.Equal(
            [new HourFigures(At(8), 15, 4, 3, 2, TimeSpan.FromMilliseconds(250), 0.5, TimeSpan.FromSeconds(90))],
            await Desk.ReadAsync(At(8), At(10), Token));
        Assert.Equal([At(10)], (await Desk.ReadAsync(At(9).ToOffset(TimeSpan.FromHours(4)), At(11), Token)).Select(hour => hour.Hour));
    }

    [Fact]
    public async Task Run_HoursOlderThanAreKept_AreRemoved()
    {
        await _database.ExecuteAsync("INSERT INTO claims.ingestion_hour (hour, host) SELECT timestamptz '2026-11-29 08:00+00' - d * interval '1 day', 'other' FROM unnest(ARRAY[99, 100, 101, 400]) d");

        await Keeper.RunOnceAsync(Token);

        Assert.Equal(
            [At(8).AddDays(-100), At(8).AddDays(-99), At(8)], (await Desk.ReadAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Token)).Select(hour => hour.Hour));
    }

    [Fact]
    public async Task Run_DatabaseAway_KeepsTheFiguresUntilItIsBack()
    {
        await _database.ExecuteAsync("ALTER TABLE claims.ingestion_hour RENAME TO away");
        Count("claims.facility.claims", 10, "claims.fate", "stored");
        await Keeper.RunOnceAsync(Token);
        _host.Time.Advance(TimeSpan.FromHours(1));
        Count("claims.facility.claims", 20, "claims.fate", "stored");
        await Keeper.RunOnceAsync(Token);
        Assert.StartsWith(
            "The figures of the hour could not be kept; they are kept in memory and written when that works again: PostgreSQL reported 42P01", Assert.Single(_host.Messages("HoursNotKept")), StringComparison.Ordinal);

        await _database.ExecuteAsync("ALTER TABLE claims.away RENAME TO ingestion_hour");
        await Keeper.StoppedAsync(Token);

        Assert.Equal([Hour(8, 10, 0, 0, 0), Hour(9, 20, 0, 0, 0)], await ReadAsync());
    }

    [Fact]
    public async Task SwitchedOff_KeepsNothing()
    {
        await using var off = new WatchHost(_database.ConnectionString, ("Watch:History", "false"));
        HourKeeper keeper = off.Services.GetRequiredService<HourKeeper>();

        await keeper.StartAsync(Token);
        await keeper.ExecuteTask!;
        await keeper.StoppedAsync(Token);

        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.ingestion_hour"));
    }

    [Fact]
    public async Task Started_WritesEveryMinuteAndAtTheEnd()
    {
        await Keeper.StartAsync(Token);
        Count("claims.facility.claims", 10, "claims.fate", "stored");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await ReadAsync()).Count == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await Keeper.StopAsync(Token);
        Count("claims.facility.claims", 1, "claims.fate", "stored");
        await Keeper.StoppedAsync(Token);

        Assert.Equal(11, (await ReadAsync()).Sum(hour => hour.Claims));
    }

    private static DateTimeOffset At(int hour) => new(2026, 11, 29, hour, 0, 0, TimeSpan.Zero);

    private static HourFigures Hour(int hour, long claims, long files, long quarantined, long failedPolls) => new(At(hour), claims, files, quarantined, failedPolls, null, 1, TimeSpan.Zero);

    private Task<IReadOnlyList<HourFigures>> ReadAsync() => Desk.ReadAsync(At(0), At(23), Token);

    /// <summary>Counts as the ingestion does.</summary>
    private void Count(string instrument, long count, string tag, string value) =>
        _host.Services.GetRequiredService<IMeterFactory>().Create("Claims.Ingestion").CreateCounter<long>(instrument).Add(count, new KeyValuePair<string, object?>(tag, value));
}
