using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Facilities;

/// <summary>What the scenario was asked for.</summary>
internal sealed record FacilitiesSettings
{
    public required int Count { get; init; }

    public required ScheduleStrategy Strategy { get; init; }

    public required int Users { get; init; }

    /// <summary>Requests of a user in a second.</summary>
    public required double UserRate { get; init; }

    /// <summary>So many times as many users there are from <see cref="BurstAt"/> on, in each phase.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>The seconds from the begin of a phase until the burst.</summary>
    public double BurstAt => Seconds / 2;

    public required bool Views { get; init; }

    /// <summary>Claims that are stored before anything is measured.</summary>
    public required long BaseClaims { get; init; }

    /// <summary>Claims that are delivered in a minute, over all facilities.</summary>
    public required int ClaimsPerMin { get; init; }

    public required int ClaimsPerFile { get; init; }

    /// <summary>How long each phase takes.</summary>
    public required double Seconds { get; init; }

    /// <summary>The seconds between two polls of a facility. So long there is ingestion before a phase with it counts.</summary>
    public required double Interval { get; init; }

    /// <summary>How long users and ingestion run before anything is measured.</summary>
    public required double WarmUp { get; init; }

    public required int Turns { get; init; }

    /// <summary>Settings of the library, as name=value.</summary>
    public required IReadOnlyList<string> Set { get; init; }

    /// <summary>All claims that are delivered while a profile runs.</summary>
    public int Delivered => (int)Math.Ceiling(ClaimsPerMin / 60.0 * (WarmUp + (Turns * (Interval + Seconds))));
}
