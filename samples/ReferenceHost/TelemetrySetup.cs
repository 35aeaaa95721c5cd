using Claims.Ingestion.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ReferenceHost;

/// <summary>
/// What the host tells others about itself: figures for Prometheus at <c>/metrics</c>, all by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says whereto, and lines of JSON on the console where
/// <c>Logging:Console:FormatterName</c> is <c>json</c>.
/// </summary>
internal static class TelemetrySetup
{
    /// <summary>Stored, quarantined, skipped.</summary>
    private const int FatesOfAFacility = 3;

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        int facilities = builder.Configuration.GetSection("Claims:Telemetry").Get<TelemetryOptions>()?.MaxFacilities ?? new TelemetryOptions().MaxFacilities;
        OpenTelemetryBuilder telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("claims-reference-host", serviceInstanceId: Environment.MachineName))
            .WithMetrics(metrics => metrics
                .AddMeter("Claims.Ingestion*", "ReferenceHost*", "Npgsql")

                // The library keeps to its own limit; the one of OpenTelemetry, 2,000 time series of a metric, is for those that have none.
                .AddView(metric => metric.Name.StartsWith("claims.facility.", StringComparison.Ordinal) ? new MetricStreamConfiguration { CardinalityLimit = (facilities + 1) * FatesOfAFacility } : null)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());

        // Spans that nobody is sent cost as much as others.
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry
                .WithTracing(traces => traces
                    .AddSource("Claims.Ingestion*")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddNpgsql())
                .WithLogging(configureBuilder: null, options => options.IncludeScopes = true)
                .UseOtlpExporter();
        }

        // Lines for machines have all that is known; those for people stay short.
        builder.Services.Configure<JsonConsoleFormatterOptions>(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
    }
}
