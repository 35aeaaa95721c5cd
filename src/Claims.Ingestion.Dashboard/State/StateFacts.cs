using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Dashboard.State;

/// <summary>What the state is told from. What is <see langword="null"/> this host does not know.</summary>
internal sealed record StateFacts
{
    /// <summary>When.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The facilities.</summary>
    public IReadOnlyList<FacilityState> Facilities { get; init; } = [];

    /// <summary>Whether the stages of the pipeline run.</summary>
    public bool IsRunning { get; init; } = true;

    /// <summary>The stage that failed, if one did.</summary>
    public string? Fault { get; init; }

    /// <summary>How full the pipeline is.</summary>
    public PipelineFlow? Flow { get; init; }

    /// <summary>What the governor decided.</summary>
    public GovernorStatus? Governor { get; init; }

    /// <summary>The database.</summary>
    public DatabaseOverview? Database { get; init; }

    /// <summary>Since when no server takes writes.</summary>
    public DateTimeOffset? DatabaseDownSince { get; init; }

    /// <summary>The reports and views.</summary>
    public IReadOnlyList<ViewOverview> Views { get; init; } = [];

    /// <summary>Claims that were stored in the last minute.</summary>
    public double? ClaimsPerMinute { get; init; }
}
