using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Facilities;
using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Facilities;

public sealed class FacilityTableTests : IAsyncLifetime
{
    private static readonly Facility Plain = new("DHA-F-0000001", "directory", "/in/1");

    private static readonly Facility Full = new("DHA-F-0000002", "directory", "/in/2")
    {
        Name = "عيادة \"2\"; --",
        Interval = TimeSpan.FromHours(36.5),
        PollTimeout = TimeSpan.FromMilliseconds(1500),
        Priority = -7,
        Window = new PollWindow(new TimeOnly(22, 0), new TimeOnly(5, 30, 15), "Asia/Dubai"),
        IsPaused = true,
    };

    private ClaimsDatabase _database = null!;
    private FacilityHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new FacilityHost(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task SetAsync_EveryColumn_IsReadBack()
    {
        await _host.Table.SetAsync(Full, Token);
        await _host.Table.SetAsync(Plain, Token);

        Assert.Equal([Plain, Full], await _host.AskAsync());
        Assert.Equal(
            ["(DHA-F-0000002,\"عيادة \"\"2\"\"; --\",directory,/in/2,\"1 day 12:30:00\",00:00:01.5,-7,22:00:00,05:30:15,Asia/Dubai,t)"],
            await _database.RowsAsync("SELECT facility_id, name, poller, endpoint, justify_hours(poll_interval), poll_timeout, priority, window_from, window_to, window_zone, is_paused FROM claims.facility WHERE is_paused"));
        Assert.Equal(["Facility DHA-F-0000002 was set in claims.facility", "Facility DHA-F-0000001 was set in claims.facility"], _host.Messages(5200));
    }

    [Fact]
    public async Task SetAsync_Again_ReplacesEveryColumnAndTheTime()
    {
        await _host.Table.SetAsync(Full, Token);
        await _database.ExecuteAsync("UPDATE claims.facility SET changed_at = '2020-01-01'");

        await _host.Table.SetAsync(Plain with { Id = Full.Id }, Token);

        FacilityEntry entry = Assert.Single(await _host.Table.ListAsync(Token));
        Assert.Equal((Plain with { Id = Full.Id }, null), (entry.Facility, entry.Problem));
        Assert.True(entry.ChangedAt.Year > 2020);
    }

    [Fact]
    public async Task SetAsync_EverythingWrong_SaysSoAndStoresNothing()
    {
        Facility wrong = new(" F ", "telex", "")
        {
            Interval = TimeSpan.Zero,
            PollTimeout = TimeSpan.FromDays(2),
            Priority = 11,
            Window = new PollWindow(new TimeOnly(8, 0), new TimeOnly(8, 0), "Mars/Olympus"),
        };

        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => _host.Table.SetAsync(wrong, Token));

        Assert.Equal(
            "Facility ' F ': Id is ' F '; it must have no space around it. " +
            "Facility ' F ': Endpoint is empty; it must say where the files of facility  F  are. " +
            "Facility ' F ': Poller is 'telex'; it must be one of the registered pollers: directory. " +
            "Facility ' F ': Interval is 00:00:00; it must be from 00:00:01 to 7.00:00:00. " +
            "Facility ' F ': PollTimeout is 2.00:00:00; it must be from 00:00:01 to 1.00:00:00. " +
            "Facility ' F ': Priority is 11; it must be from -10 to 10. " +
            "Facility ' F ': Window is from 08:00:00 to 08:00:00; the two must differ. Without a window the facility is polled at all times. " +
            "Facility ' F ': Window:TimeZone is 'Mars/Olympus'; it must be the IANA name of a time zone that this machine's time zone data (tzdata) holds, for example Asia/Dubai.",
            exception.Message);
        Assert.Empty(await _host.Table.ListAsync(Token));
    }

    [Fact]
    public async Task RemoveAndPause_KnownAndUnknownFacility_SayWhetherThereWasOne()
    {
        await _host.Table.SetAsync(Plain, Token);
        Assert.Equal([Plain], await _host.AskAsync());

        Assert.True(await _host.Table.SetPausedAsync(Plain.Id, true, Token));
        Assert.Equal([Plain with { IsPaused = true }], await _host.AskAsync());
        Assert.True(await _host.Table.SetPausedAsync(Plain.Id, false, Token));
        Assert.Equal([Plain], await _host.AskAsync());
        Assert.True(await _host.Table.RemoveAsync(Plain.Id, Token));
        Assert.Empty(await _host.AskAsync());

        Assert.False(await _host.Table.RemoveAsync(Plain.Id, Token));
        Assert.False(await _host.Table.SetPausedAsync(Plain.Id, true, Token));
    }

    [Fact]
    public async Task ImportAsync_TenThousand_AreAllThereInOrderAndOthersStay()
    {
        await _host.Table.SetAsync(Full, Token);
        Facility[] many = [.. Enumerable.Range(0, 10_000).Select(i => new Facility($"MANY-{i:D5}", "directory", $"/in/{i}") { Priority = i % 10 })];

        await _host.Table.ImportAsync([.. many.Reverse()], Token);
        await _host.Table.ImportAsync([.. many.Select(f => f with { Interval = TimeSpan.FromMinutes(5) })], Token);

        Assert.Equal([Full, .. many.Select(f => f with { Interval = TimeSpan.FromMinutes(5) })], await _host.AskAsync());
        Assert.Equal(["10000 facilities were imported into claims.facility", "10000 facilities were imported into claims.facility"], _host.Messages(5203));
    }

    [Fact]
    public async Task ImportAsync_SomeWrong_StoresNoneAndNamesTheFirst()
    {
        Facility[] facilities = [Plain, Plain, .. Enumerable.Range(0, 12).Select(i => new Facility($"F-{i}", "directory", ""))];

        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() => _host.Table.ImportAsync(facilities, Token));

        Assert.StartsWith(
            "Facility 'DHA-F-0000001': Id is DHA-F-0000001, which another facility has; each id may stand once. Facility 'F-0': Endpoint is empty; ",
            exception.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("Facility 'F-8': Endpoint is empty; it must say where the files of facility F-8 are. And 3 more.", exception.Message, StringComparison.Ordinal);
        Assert.Empty(await _host.Table.ListAsync(Token));
    }

    [Theory]
    [InlineData("poll_interval = '0.5 s'", "facility_poll_interval_check")]
    [InlineData("poll_interval = '8 days'", "facility_poll_interval_check")]
    [InlineData("poll_timeout = '0'", "facility_poll_timeout_check")]
    [InlineData("poll_timeout = '25 hours'", "facility_poll_timeout_check")]
    [InlineData("priority = 11", "facility_priority_check")]
    [InlineData("priority = -11", "facility_priority_check")]
    [InlineData("facility_id = ' x'", "facility_facility_id_check")]
    [InlineData("facility_id = ''", "facility_facility_id_check")]
    [InlineData("endpoint = ' '", "facility_endpoint_check")]
    [InlineData("window_from = '08:00'", "facility_window_all_or_none")]
    [InlineData("window_from = '08:00', window_to = '09:00'", "facility_window_all_or_none")]
    [InlineData("window_zone = 'Asia/Dubai'", "facility_window_all_or_none")]
    [InlineData("window_from = '08:00', window_to = '08:00', window_zone = 'Asia/Dubai'", "facility_window_not_empty")]
    [InlineData("window_from = '08:00', window_to = '24:00', window_zone = 'Asia/Dubai'", "facility_window_to_check")]
    [InlineData("window_from = '24:00', window_to = '08:00', window_zone = 'Asia/Dubai'", "facility_window_from_check")]
    public async Task Sql_ValueBeyondItsLimits_IsRefused(string set, string constraint)
    {
        await _host.Table.SetAsync(Plain, Token);

        PostgresException exception = await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync($"UPDATE claims.facility SET {set}"));

        Assert.Equal(constraint, exception.ConstraintName);
    }

    [Theory]
    [InlineData("1 mon -25 days", 5 * 24)]
    [InlineData("1 mon -600 hours", 5 * 24)]
    [InlineData("7 days", 7 * 24)]
    [InlineData("1 day -1 hour", 23)]
    public async Task Sql_IntervalWithMonthsOrDays_IsItsLength(string interval, int hours)
    {
        await _host.Table.SetAsync(Plain, Token);

        await _database.ExecuteAsync($"UPDATE claims.facility SET poll_interval = '{interval}'");

        Assert.Equal([Plain with { Interval = TimeSpan.FromHours(hours) }], await _host.AskAsync());
    }
}
