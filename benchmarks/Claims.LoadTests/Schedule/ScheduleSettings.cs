using System.Globalization;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Schedule;

/// <summary>What is scheduled.</summary>
internal sealed record ScheduleSettings(int FacilityCount, TimeSpan Interval, ScheduleStrategy Strategy)
{
    /// <value>The default is that of the library.</value>
    public int MaxConcurrentFacilities { get; init; } = new SchedulingOptions().MaxConcurrentFacilities;

    public IReadOnlyList<Facility> Facilities { get; } =
        [.. Enumerable.Range(1, FacilityCount).Select(i => new Facility(string.Create(CultureInfo.InvariantCulture, $"DHA-F-{i:D7}"), StandInPoller.KindName, "nowhere"))];

    public void ApplyTo(SchedulingOptions options)
    {
        options.Interval = Interval;
        options.Strategy = Strategy;

        // A stagger longer than the interval is refused.
        options.Stagger = options.Stagger < Interval ? options.Stagger : Interval;
        options.MaxConcurrentFacilities = MaxConcurrentFacilities;
    }

    /// <summary>The slots that the facilities are to have.</summary>
    public PollSchedule Slots()
    {
        var options = new SchedulingOptions();
        ApplyTo(options);
        return new PollSchedule(Facilities, options);
    }
}
