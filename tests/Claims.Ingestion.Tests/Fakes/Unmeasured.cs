using System.Diagnostics.Metrics;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>A meter for a stage that a test makes by itself, to which nobody listens.</summary>
internal static class Unmeasured
{
    public static StageMeter Stage { get; } = new(
        new FlowMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()), "trial", TimeProvider.System);
}
