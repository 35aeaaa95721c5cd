using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Schedule;

/// <summary>What the scenario <c>schedule</c> tells. The names of the values are those of its JSON.</summary>
internal sealed record ScheduleResult
{
    public required int Facilities { get; init; }

    public required ScheduleStrategy Strategy { get; init; }

    public required int Polls { get; init; }

    public required int ExpectedPolls { get; init; }

    /// <summary>From the slot to the begin of the poll.</summary>
    public required double StartErrorP50Ms { get; init; }

    public required double StartErrorP99Ms { get; init; }

    /// <summary>How late plain timers of the machine were in the same time.</summary>
    public required double TimerErrorP99Ms { get; init; }

    public required int MaxInFlight { get; init; }

    /// <summary>Of one core, less what the process takes without the scheduler.</summary>
    public required double CpuPct { get; init; }

    /// <summary>What the process takes without the scheduler.</summary>
    public required double IdleCpuPct { get; init; }

    public required double HeapFirstQuarterMb { get; init; }

    public required double HeapEndMb { get; init; }

    public double MemoryGrowthMb => Math.Round(HeapEndMb - HeapFirstQuarterMb, 3);
}
