using System.Diagnostics.Metrics;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>A meter for a stage that a test makes by itself, to which nobody listens.</summary>
internal static class Unmeasured
{
    private static readonly FlowMetrics _metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public static StageMeter Stage(string name) => new(_metrics, name, TimeProvider.System);
}
