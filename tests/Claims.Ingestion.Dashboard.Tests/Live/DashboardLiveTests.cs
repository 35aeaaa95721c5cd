using System.Diagnostics.Metrics;
using Claims.Ingestion.Dashboard.Live;
using Claims.Ingestion.Dashboard.State;
using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class DashboardLiveTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Given.Now);
    private readonly ServiceProvider _services;
    private readonly FakeDesks _desks;

    public DashboardLiveTests()
    {
        _desks = new FakeDesks(_time);
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider()).AddLogging().AddSingleton<TimeProvider>(_time).AddSingleton<IDatabaseDesk>(_desks);
        services.AddClaimsDashboard();
        _services = services.BuildServiceProvider();
    }

    private DashboardLive Live => _services.GetRequiredService<DashboardLive>();

    [Fact]
    public void Snapshot_OfAHostWithoutIngestion_SaysThatThereAreNoFacilities() =>
        Assert.Equal("No facilities are known: nothing is polled. Name them in the configuration or in the table of facilities.", Live.Snapshot.Findings[0].Text);

    [Fact]
    public void Beat_WithClaims_TellsTheirSpeedAndTheViewers()
    {
        int told = 0;
        using IDisposable viewer = Live.Watch(() => told++);
        Counter<long> claims = _services.GetRequiredService<IMeterFactory>().Create("Claims.Ingestion").CreateCounter<long>("claims.facility.claims");

        for (int i = 0; i < 30; i++)
        {
            claims.Add(20, new KeyValuePair<string, object?>("claims.fate", "stored"));
            Second();
        }

        DashboardSnapshot snapshot = Live.Snapshot;
        Assert.Equal(30, told);
        Assert.Equal(1200, snapshot.Facts.ClaimsPerMinute!.Value, 3);
        Assert.Equal(1200, snapshot.Samples[^1].ClaimsPerMinute, 3);
        Assert.Equal(30, snapshot.Samples.Count);
    }

    [Fact]
    public void Beat_AfterTheLastViewerLeft_TellsNobody()
    {
        int told = 0;
        Live.Watch(() => told++).Dispose();

        Second();

        Assert.Equal(0, told);
    }

    [Fact]
    public void Beat_WhileThePrimaryIsAway_RemembersSinceWhen()
    {
        _desks.IsPrimaryUp = false;
        for (int i = 0; i < 15; i++) Second();

        Assert.Equal("Ingestion is held up: the database does not answer since 14 s; nothing is lost.", Live.Snapshot.Findings[0].Text);

        _desks.IsPrimaryUp = true;
        Second();
        Assert.DoesNotContain(Live.Snapshot.Findings, f => f.Level == StateLevel.Trouble);
    }

    [Fact]
    public void Snapshot_WithinASecond_IsPutTogetherOnce()
    {
        DashboardSnapshot first = Live.Snapshot;

        Assert.Same(first, Live.Snapshot);
        _time.Advance(DashboardLive.Beat);
        Assert.NotSame(first, Live.Snapshot);
    }

    public void Dispose() => _services.Dispose();

    private void Second()
    {
        _time.Advance(DashboardLive.Beat);
        Live.BeatOnce();
    }
}
