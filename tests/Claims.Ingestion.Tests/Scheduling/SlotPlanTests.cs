using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using CsCheck;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class SlotPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 7, 13, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    /// <summary>With up to four more the facilities still fit the interval, or do not from the start: when that changes, all slots are laid out anew.</summary>
    private static readonly Gen<int> CountsOnOneSide = Gen.Int[1, 80].Where(count => count is <= 56 or > 60);

    [Fact]
    public void TakeDue_ClockIsSetBack_GoesOnByTheNewTime()
    {
        SlotPlan plan = Create();
        plan.Replan(Entries(50), Start);
        plan.TakeDue(Start.AddHours(1));

        DateTimeOffset back = Start.AddHours(-5);
        Assert.Empty(plan.TakeDue(back));
        int due = 0;
        for (DateTimeOffset now = back; now <= back + Interval; now = now.AddSeconds(1)) due += plan.TakeDue(now).Count;

        Assert.Equal(50, due);
    }

    [Fact]
    public void TakeDue_AnyClockAndChanges_RunsEachFacilityOnceAnInterval() => Gen.Select(CountsOnOneSide, Gen.Int[0, int.MaxValue]).Sample((count, seed) =>
    {
        var random = new Random(seed);
        SlotPlan plan = Create();
        FacilityEntry[] entries = Entries(count + 5);
        plan.Replan(entries[..count], Start);
        var slots = new Dictionary<string, List<DateTimeOffset>>(StringComparer.Ordinal);
        DateTimeOffset now = Start;
        DateTimeOffset changed = Start - (2 * Interval);
        while (now < Start + (6 * Interval))
        {
            // Facilities come and go, not more often than every other interval; the loop turns at odd moments, never later than the tolerance.
            if (now - changed > 2 * Interval && random.Next(50) == 0)
            {
                changed = now;
                plan.Replan(entries[..(count + random.Next(5))], now);
            }

            foreach ((FacilityEntry entry, DateTimeOffset slot, bool isLate) in plan.TakeDue(now))
            {
                // A slot that moved to before now is made up for soon.
                if (isLate)
                {
                    plan.CatchUp(entry, slot, now);
                    continue;
                }

                if (!slots.TryGetValue(entry.Facility.Id, out List<DateTimeOffset>? served)) slots.Add(entry.Facility.Id, served = []);

                // As the lease does: a slot that moved a little is served already.
                if (served.Count > 0 && slot - served[^1] < Interval / 2) continue;
                served.Add(slot);
            }

            now = now.AddMilliseconds(random.Next(1, (int)plan.Tolerance.TotalMilliseconds));
        }

        return entries[..count].All(e => slots[e.Facility.Id].Count is >= 4 and <= 8
            && slots[e.Facility.Id].Zip(slots[e.Facility.Id].Skip(1), (a, b) => b - a).All(gap => gap >= Interval / 2 && gap <= Interval * 2));
    });

    [Fact]
    public void CatchUpAfterStart_SlotsServedBeforeTheStop_AreMadeUpForOnce()
    {
        SlotPlan plan = Create();
        FacilityEntry[] entries = Entries(60);
        plan.Replan(entries, Start);
        var schedule = new PollSchedule(entries.Select(e => e.Facility), new SchedulingOptions());
        PollRecord[] records = [.. entries.Select(e => new PollRecord { FacilityId = e.Facility.Id, Slot = schedule.NextAfter(e.Facility.Id, Start.AddHours(-3)) })];

        (int missed, int catchUps) = plan.CatchUpAfterStart(records, Start);

        Assert.Equal(60, missed);
        Assert.InRange(catchUps, 17, 23);
        Assert.Equal(0, plan.CatchUpAfterStart(records.Select(r => r with { Slot = schedule.NextAfter(r.FacilityId, Start - Interval) }), Start).Missed);
        int due = 0;
        for (DateTimeOffset now = Start; now <= Start + Interval; now = now.AddSeconds(1))
        {
            var taken = plan.TakeDue(now);
            Assert.InRange(taken.Count, 0, 2);
            due += taken.Count;
        }

        Assert.Equal(60 + catchUps, due);
    }

    private static SlotPlan Create() => new(Options.Create(new SchedulingOptions()));

    private static FacilityEntry[] Entries(int count) => [.. Enumerable.Range(0, count).Select(i => new FacilityEntry(new Facility($"F-{i}", "fake", "there")))];
}
