using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Claims.Ingestion.Postgres.Local;
using Deploy.Tests.Faults;
using Deploy.Tests.Otel;
using Deploy.Tests.Prometheus;
using FacilityGateway;
using FacilityGateway.Gateway;
using Npgsql;
using ReferenceHost.Tests;

namespace Deploy.Tests;

/// <summary>
/// The real program with a primary, a replica, a gateway and some users, and a real Prometheus that watches it by the shipped rules, with time that runs faster. Started once for all tests that need it. Several things
/// go wrong with it all the time.
/// </summary>
[CollectionDefinition(nameof(MonitoredHost))]
public sealed class MonitoredHost : IAsyncLifetime, ICollectionFixture<MonitoredHost>
{
    private static readonly Dictionary<string, string> _settings = new()
    {
        ["Claims__Scheduling__Interval"] = "00:00:01",
        ["Claims__Scheduling__Stagger"] = "00:00:00.1",
        ["Claims__EClaimLink__RetryCount"] = "0",
        ["Claims__Postgres__Routing__MaxLag"] = "00:00:01",
        ["Claims__Postgres__Watch__Interval"] = "00:00:01",

        // So that a report counts as too old, by the health check, after little more than the half minute that it allows in any case.
        ["Claims__Postgres__Views__CheckInterval"] = "00:00:01",
        ["Claims__Postgres__Views__MaxStaleness"] = "00:00:01",
        ["Claims__Postgres__Views__CriticalStaleness"] = "00:00:02",

        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
    };

    private static readonly TimeSpan _betweenRequests = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _end = new();
    private readonly List<NpgsqlConnection> _open = [];
    private SlowWay _toPrimary = null!;
    private SlowWay _toReplica = null!;
    private HostProcess _host = null!;
    private HttpClient _client = null!;
    private Task _users = Task.CompletedTask;

    /// <summary>How many times faster than in life: 60 turns minutes into seconds. A longer form of the tests has less.</summary>
    internal static int Factor { get; } = int.Parse(Environment.GetEnvironmentVariable("CLAIMS_ALERT_FACTOR") ?? "60", CultureInfo.InvariantCulture);

    internal LocalPostgres Primary { get; private set; } = null!;

    internal LocalPostgres Replica { get; private set; } = null!;

    internal GatewayServer Gateway { get; private set; } = null!;

    internal PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>Where the host sends what it tells by OTLP.</summary>
    internal OtlpReceiver Otlp { get; } = new();

    /// <summary>The alerts while nothing was wrong.</summary>
    internal IReadOnlyList<ActiveAlert> AlertsBefore { get; private set; } = [];

    /// <summary>How the host knows the replica.</summary>
    internal string ReplicaAddress => $"127.0.0.1:{_toReplica.Port}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // pg_basebackup is not part of every installation.
        PostgresBinaries binaries = PostgresBinaries.FindAll().First(found => File.Exists(Path.Combine(found.Directory, "pg_basebackup")));
        Primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binaries.Directory, Settings = { ["fsync"] = "off", ["shared_buffers"] = "32MB" } }, Token);
        Replica = await Primary.AddReplicaAsync(cancellationToken: Token);
        (_toPrimary, _toReplica) = (new SlowWay(Primary.Port), new SlowWay(Replica.Port));
        Gateway = await GatewayServer.StartAsync(
            new GatewayServerOptions
            {
                World = new World(new WorldOptions { Facilities = 4, FilesPerFacility = 180, ClaimsPerFile = 3, BrokenFileShare = 0.1, BadClaimShare = 0.1 }),
                ArrivalSpan = TimeSpan.FromMinutes(3),
            },
            Token);
        string connectionString = new NpgsqlConnectionStringBuilder(Primary.ConnectionString) { Host = $"127.0.0.1:{_toPrimary.Port},{ReplicaAddress}" }.ConnectionString;
        int port = HostProcess.FreePort();
        var settings = new Dictionary<string, string>(_settings) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Otlp.Address };
        _host = HostProcess.Start(connectionString, settings, "--gateway", Gateway.Address.AbsoluteUri, "--port", port.ToString(CultureInfo.InvariantCulture));
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Prometheus = await PrometheusServer.StartAsync(port, AlertRule.Compressed(Factor));
        await Prometheus.UntilAsync(async () => (await Prometheus.QueryAsync("up == 1")).Count == 1, () => _host.Output, seconds: 60);
        _users = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => UseAsync()));

        // When all has worked once, whatever may go wrong together does: its alerts take their time at the same time.
        await Prometheus.UntilAsync(async () => (await Prometheus.QueryAsync("claims_summary_lag_seconds_count and on () claims_routing_reads_total")).Count > 0, () => _host.Output, seconds: 60);
        AlertsBefore = await Prometheus.AlertsAsync();
        foreach (Fault fault in Fault.All.Where(fault => fault.Lasts)) await fault.BeginAsync(this);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _users;
        foreach (NpgsqlConnection connection in _open) await connection.DisposeAsync();
        if (Prometheus is not null) await Prometheus.DisposeAsync();
        _client?.Dispose();
        _host?.Dispose();
        await Otlp.DisposeAsync();
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (_toReplica is not null) await Task.WhenAll(_toPrimary.DisposeAsync().AsTask(), _toReplica.DisposeAsync().AsTask());
        if (Primary is not null) await Primary.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>Makes everything between the host and its servers slower.</summary>
    internal void Slow(TimeSpan delay) => _toPrimary.Delay = _toReplica.Delay = delay;

    /// <summary>What the host says about one of its checks.</summary>
    internal async Task<(string Status, string Description)> HealthAsync(string check)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
        JsonElement report = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
        JsonElement found = report.GetProperty("checks").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == check);
        return (found.GetProperty("status").GetString()!, found.GetProperty("description").GetString()!);
    }

    /// <summary>The state that the dashboard tells, as its page comes from the host.</summary>
    internal async Task<string> OverviewAsync()
    {
        string page = WebUtility.HtmlDecode(await _client.GetStringAsync(new Uri("/", UriKind.Relative), Token));
        int start = page.IndexOf("<section class=\"sentence", StringComparison.Ordinal);
        int end = page.IndexOf("<div class=\"tiles\"", StringComparison.Ordinal);
        return start < 0 || end < start ? page : page[start..end];
    }

    /// <summary>Runs a statement on a server itself, whatever its way is like. A transaction that it begins stays open until the end.</summary>
    internal async Task RunAsync(LocalPostgres server, string sql)
    {
        var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        _open.Add(connection);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>One after the other, as users do: the governor and the dashboards look at what they get.</summary>
    private async Task UseAsync()
    {
        string[] paths = ["/api/files", "/api/claims/P/C", "/api/reports/balance-amount"];
        try
        {
            for (int i = 0; ; i++)
            {
                using HttpResponseMessage response = await _client.GetAsync(new Uri(paths[i % paths.Length], UriKind.Relative), _end.Token);
                await Task.Delay(_betweenRequests, TimeProvider.System, _end.Token);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException || _end.IsCancellationRequested)
        {
            // The tests have ended; or the host has, which they will see.
        }
    }
}
