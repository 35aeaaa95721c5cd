using System.Diagnostics.Metrics;
using System.Security.Claims;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>A host with a running ingestion that polls nothing by itself, desks that tell of a busy day, and dashboards.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private const string UserCookie = "user";
    private readonly WebApplication _app;

    private DashboardHost(WebApplication app, FakeDesks? desks)
    {
        _app = app;
        Desks = desks;
        Claims = app.Services.GetRequiredService<IMeterFactory>().Create(SchedulingMetrics.MeterName).CreateCounter<long>("claims.facility.claims");
    }

    public IServiceProvider Services => _app.Services;

    public FakeDesks? Desks { get; }

    public FakeUsers Users { get; } = new();

    public FakePoller Poller { get; } = new();

    public Counter<long> Claims { get; }

    /// <summary>Whether those who are signed in may act.</summary>
    public bool MayAct { get; set; } = true;

    public Uri Address => new(_app.Urls.Single());

    /// <param name="map">Maps the dashboards and what else there is.</param>
    /// <param name="facilities">How many facilities there are.</param>
    /// <param name="hasDesks">Whether the store has desks; without it is the one in memory.</param>
    public static async Task<DashboardHost> StartAsync(Action<WebApplication> map, int facilities = 40, bool hasDesks = true)
    {
        DashboardHost? host = null;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        IServiceCollection services = builder.Services;
        var known = Enumerable.Range(1, facilities).Select(i => new Facility($"DHA-F-{i:0000000}", "fake", "fake://") { Name = Names[i % Names.Length] }).ToArray();
        services.AddSingleton<IFacilityDirectory>(new FakeFacilities(known));
        services.AddSingleton<IFacilityPoller>(_ => host!.Poller);
        services.AddSingleton<IGovernorSource>(_ => host!.Users);
        services.AddClaimsIngestion().UseInMemoryStore();
        services.Configure<SchedulingOptions>(o => o.Enabled = false);
        FakeDesks? desks = hasDesks ? new FakeDesks(TimeProvider.System) : null;
        if (desks is not null) services.AddSingleton<IFileDesk>(desks).AddSingleton<IViewDesk>(desks).AddSingleton<IDatabaseDesk>(desks).AddSingleton<IHourDesk>(desks);
        services.AddAuthentication(TestUsers.Scheme).AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, TestUsers>(TestUsers.Scheme, null);
        services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireAuthenticatedUser().RequireAssertion(_ => host!.MayAct)).AddPolicy("viewers", policy => policy.RequireAuthenticatedUser());
        services.AddClaimsDashboard();

        WebApplication app = builder.Build();
        map(app);
        app.MapGet("/sign-in", (string returnUrl, HttpResponse response) =>
        {
            response.Cookies.Append(UserCookie, "Amina");
            return Results.LocalRedirect(returnUrl);
        });
        host = new DashboardHost(app, desks);
        FacilityRuns runs = app.Services.GetRequiredService<FacilityRuns>();
        foreach ((Facility facility, int i) in known.Select((facility, i) => (facility, i + 1)))
        {
            FacilityEntry entry = runs.EntryOf(facility);
            entry.Learn(Record(facility.Id, i), VolumeOf(i));
            entry.NextSlot = entry.Record.StartedAt + TimeSpan.FromMinutes(30);
        }

        host.Users.Latency = TimeSpan.FromMilliseconds(4.1);
        await app.StartAsync();
        return host;
    }

    /// <summary>A poll of a facility ended like this.</summary>
    public void Polled(string facilityId, PollOutcome outcome, int failures, string? error) => Entry(facilityId).Learn(
        Entry(facilityId).Record with { Outcome = outcome, ConsecutiveFailures = failures, Error = error, StartedAt = TimeProvider.System.GetUtcNow() }, new VolumeVerdict(VolumeState.Usual, null));

    public HttpClient CreateClient(string? user = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
        if (user is not null) client.DefaultRequestHeaders.Add("Cookie", $"{UserCookie}={user}");
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static readonly string[] Names = ["Marina Clinic", "Al Noor Hospital", "City Day Surgery", "Palm Dental", "Creek Polyclinic"];

    private FacilityEntry Entry(string facilityId) => Services.GetRequiredService<FacilityRuns>().Find(facilityId)!;

    private static VolumeVerdict VolumeOf(int i) => i == 9 ? new(VolumeState.Silent, "no file for 5 h; 6.1 were to be expected") : i == 12 ? new(VolumeState.Surging, "8,400 claims in 24 h; usually 900") : new(VolumeState.Usual, null);

    private static PollRecord Record(string id, int i)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        var record = new PollRecord
        {
            FacilityId = id,
            StartedAt = now.AddSeconds(-40 - (i * 37 % 1700)),
            Duration = TimeSpan.FromSeconds(0.4 + (i % 7)),
            Outcome = PollOutcome.Succeeded,
            FilesLast24Hours = 20 + (i % 30),
            ClaimsLast24Hours = 900 + (i * 131 % 4000),
            Host = i % 2 == 0 ? "ingest-1" : "ingest-2",
            IsPaused = i == 15,
        };
        return i switch
        {
            7 => record with { Outcome = PollOutcome.CredentialRefused, ConsecutiveFailures = 4, Error = $"Facility {id}: the gateway refused the login (code -1). Set the credential anew; until then it is not called." },
            21 => record with { Outcome = PollOutcome.TimedOut, ConsecutiveFailures = 2, Error = $"Facility {id}: the poll took longer than 00:05:00; what was fetched is stored." },
            _ => record,
        };
    }
}
