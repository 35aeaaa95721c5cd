using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.LoadTests.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Claims.LoadTests.Ingest;

/// <summary>The product as a host runs it: polls folders, reads, stores, acknowledges.</summary>
internal sealed class WholeIngestion : IAsyncDisposable
{
    private readonly IHost _host;

    private WholeIngestion(IHost host) => _host = host;

    public static Option<int> PerFileOption(int claims) => new("--claims-per-file") { Description = "How many claims a file holds.", DefaultValueFactory = _ => claims };

    public static Option<int> FacilitiesOption() => new("--facilities") { Description = "How many facilities share the files.", DefaultValueFactory = _ => 20 };

    public static Option<int> TurnsOption(int turns) => new("--turns") { Description = "How often it is measured; medians are told.", DefaultValueFactory = _ => turns };

    public static Option<string[]> SettingsOption() => new("--set") { Description = "A setting of the library, for example Pipeline:Writers=2; may be given again." };

    public static async Task<WholeIngestion> StartAsync(string connectionString, IEnumerable<DirectoryInfo> folders, IReadOnlyList<string> settings, bool withTelemetry = false)
    {
        var values = new Dictionary<string, string?>
        {
            ["Claims:DirectoryPoller:SettleTime"] = "00:00:00",
            ["Claims:Scheduling:Enabled"] = "false",
            ["Claims:Scheduling:PollTimeout"] = "01:00:00",
            ["Claims:Postgres:MigrateOnStart"] = "false",
            ["Claims:Postgres:Views:Enabled"] = "false",
        };
        int place = 0;
        foreach (DirectoryInfo folder in folders)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"Claims:Facilities:{place++}");
            values[$"{key}:Id"] = folder.Name;
            values[$"{key}:Poller"] = "directory";
            values[$"{key}:Endpoint"] = folder.FullName;
        }

        foreach (string setting in settings)
        {
            string[] parts = setting.Split('=', 2);
            values[$"Claims:{parts[0]}"] = parts[1];
        }

        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(values);

        // The other output is for answers.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(connectionString);
        if (withTelemetry) builder.AddAllTelemetry();
        IHost host = builder.Build();
        await host.StartAsync();
        return new WholeIngestion(host);
    }

    /// <summary>Polls every facility once, and waits until everything is committed and acknowledged.</summary>
    /// <returns>What was stored, and what it took.</returns>
    public async Task<IngestionRun> RunAsync(CancellationToken cancellationToken)
    {
        var pipeline = _host.Services.GetRequiredService<IngestionPipeline>();
        (TimeSpan cpu, long allocated) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        long start = Stopwatch.GetTimestamp();
        IngestionReport report = await _host.Services.GetRequiredService<IngestionControl>().PollAllOnceAsync(cancellationToken);
        while (pipeline.InFlight.Count > 0) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        return new IngestionRun(report.Total, Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}
