using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Diagnostics;

/// <summary>Unhealthy when a stage of the pipeline does not run.</summary>
internal sealed class PipelineHealthCheck(IngestionPipeline pipeline) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (bool isRunning, string? fault) = pipeline.State;
        PipelineFlow flow = pipeline.Flow;
        var data = new Dictionary<string, object>
        {
            ["filesInFlight"] = flow.Stages[0].Items,
            ["bytesInFlight"] = flow.Bytes,
        };
        if (flow.Bottleneck is { } bottleneck) data["bottleneck"] = bottleneck;
        return Task.FromResult(isRunning
            ? HealthCheckResult.Healthy(Describe(flow), data)
            : HealthCheckResult.Unhealthy(fault is null ? "The pipeline is not running: the host is starting or stopping." : $"The stage '{fault}' failed. See the log for why; restart the host.", data: data));
    }

    private static string Describe(PipelineFlow flow) => flow.Bottleneck is null
        ? $"{flow.Stages[0].Items} files in flight."
        : $"{flow.Stages[0].Items} files in flight, as many as the budget allows: downloads wait for the stage '{flow.Bottleneck}'.";
}
