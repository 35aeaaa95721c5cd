using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Claims.LoadTests.Facilities.Hosted;
using Npgsql;

namespace Claims.LoadTests.Facilities;

/// <summary>The reference host in a process of its own, polling folders and answering users.</summary>
internal sealed class HostProcess : IDisposable
{
    private const int TodayConnections = 20;
    private const int Prepared = 20;

    private readonly Process _process;

    private HostProcess(Process process, int port)
    {
        _process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public Uri Address { get; }

    public static HostProcess Start(FacilitiesSettings settings, LoadProfile profile, string connectionString, string inbox)
    {
        TimeSpan interval = TimeSpan.FromSeconds(settings.Interval);
        int port = FreePort();
        string[] arguments =
        [
            HostCommand.Name, "--inbox", inbox, "--port", port.ToString(CultureInfo.InvariantCulture), "--profile", profile.ToString(), "--interval", interval.ToString("c"),
            .. settings.Views ? ["--views"] : Array.Empty<string>(),
        ];
        Dictionary<string, string> environment = profile == LoadProfile.Today ? OfToday(connectionString) : OfLibrary(settings, interval, connectionString);

        // As web programs have it unless they say otherwise.
        environment["DOTNET_gcServer"] = "1";

        // Requests that fail are counted by those who make them.
        environment["Logging__LogLevel__Default"] = "Error";
        foreach (string talkative in new[] { "Microsoft.Hosting.Lifetime", "Microsoft.AspNetCore", "Npgsql" }) environment[$"Logging__LogLevel__{talkative}"] = "Critical";
        return new HostProcess(OwnProcess.Start(arguments, environment), port);
    }

    /// <summary>Resident memory now, in MB (10^6 bytes).</summary>
    public double ResidentMb()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }

    public async Task DoAsync(HostOrder order, CancellationToken cancellationToken)
    {
        string answer = await _process.AskAsync(order.ToString(), cancellationToken);
        if (answer != HostTalk.Done) throw new InvalidOperationException($"The host answered '{answer}'.");
    }

    public async Task<HostWindow> CloseWindowAsync(CancellationToken cancellationToken) =>
        JsonSerializer.Deserialize<HostWindow>(await _process.AskAsync(nameof(HostOrder.CloseWindow), cancellationToken))!;

    public void Dispose() => _process.End();

    private static Dictionary<string, string> OfLibrary(FacilitiesSettings settings, TimeSpan interval, string connectionString)
    {
        var environment = new Dictionary<string, string>
        {
            ["ConnectionStrings__Claims"] = connectionString,
            ["Claims__Scheduling__Enabled"] = "true",
            ["Claims__Scheduling__Strategy"] = settings.Strategy.ToString(),
            ["Claims__Scheduling__Interval"] = interval.ToString("c"),
            ["Claims__Scheduling__Stagger"] = TimeSpan.FromMilliseconds(Math.Max(1, Math.Floor(interval.TotalMilliseconds / settings.Count))).ToString("c"),
            ["Claims__Postgres__Views__Enabled"] = settings.Views ? "true" : "false",
        };
        foreach (string setting in settings.Set)
        {
            string[] parts = setting.Split('=', 2);
            environment[$"Claims__{parts[0].Replace(":", "__", StringComparison.Ordinal)}"] = parts[1];
        }

        return environment;
    }

    private static Dictionary<string, string> OfToday(string connectionString) => new()
    {
        // Statements that come again are prepared, for the API as with the library.
        ["ConnectionStrings__Claims"] = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = Prepared }.ConnectionString,
        ["Claims__Scheduling__Enabled"] = "false",
        ["Claims__Postgres__Views__Enabled"] = "false",
        ["Claims__Postgres__Views__Mode"] = "Materialized",
        ["Claims__Postgres__VerifyInterval"] = "00:00:00",
        ["Claims__Postgres__Ingestion__MaxSize"] = TodayConnections.ToString(CultureInfo.InvariantCulture),

        // PostgreSQL's own default is to wait for locks for ever.
        ["Claims__Postgres__Ingestion__LockTimeout"] = "01:00:00",
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
