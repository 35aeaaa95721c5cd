using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Governing;

/// <summary>How long the oldest file has waited.</summary>
internal sealed class OldestFileSource(IngestionPipeline pipeline) : IGovernorSource
{
    public GovernorSignals Add(GovernorSignals signals) => signals with { OldestFile = pipeline.InFlight.OldestAge };
}
