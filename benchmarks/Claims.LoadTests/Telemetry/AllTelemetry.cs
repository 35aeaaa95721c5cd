using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Claims.LoadTests.Telemetry;

/// <summary>Metrics, traces of every file and logs with scopes, as the reference host gives them by OTLP, but to nobody.</summary>
internal static class AllTelemetry
{
    private const int CollectMilliseconds = 1000;

    public static void AddAllTelemetry(this HostApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("Claims.Ingestion*", "Npgsql").AddReader(_ => new PeriodicExportingMetricReader(new Silence<Metric>(), CollectMilliseconds)))
            .WithTracing(traces => traces.AddSource("Claims.Ingestion*").AddNpgsql().AddProcessor(_ => new BatchActivityExportProcessor(new Silence<System.Diagnostics.Activity>())))
            .WithLogging(logs => logs.AddProcessor(_ => new BatchLogRecordExportProcessor(new Silence<LogRecord>())), options => options.IncludeScopes = true);
        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Information);
    }
}
