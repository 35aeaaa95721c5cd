using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Facilities;

/// <summary>A load that has a name. What is said besides holds in its place.</summary>
internal sealed record FacilitiesPreset(int Count, ScheduleStrategy Strategy, int Users, bool Views, int ClaimsPerMin)
{
    private const int Usual = 60_000;
    private const int Peak = 120_000;

    public static readonly FacilitiesPreset Default = new(50, ScheduleStrategy.Staggered, 20, false, Usual);

    public static readonly IReadOnlyDictionary<string, FacilitiesPreset> Named = new Dictionary<string, FacilitiesPreset>
    {
        ["same-moment"] = Default with { Count = 10, Strategy = ScheduleStrategy.Concurrent },
        ["staggered"] = Default,
        ["peak-100"] = Default with { Count = 100, ClaimsPerMin = Peak },
        ["peak-250"] = Default with { Count = 250, ClaimsPerMin = Peak },
        ["peak-1000"] = Default with { Count = 1000, ClaimsPerMin = Peak },
        ["stress"] = Default with { Users = 50, Views = true },
    };
}
