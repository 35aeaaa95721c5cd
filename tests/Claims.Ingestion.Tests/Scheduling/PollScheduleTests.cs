using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using CsCheck;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class PollScheduleTests
{
    private static readonly DateTimeOffset Moment = new(2026, 3, 1, 10, 7, 13, TimeSpan.Zero);

    private static readonly Gen<(int Count, int Seconds, int StaggerMilliseconds)> Settings = Gen.Select(Gen.Int[1, 300], Gen.Int[1, 7200], Gen.Int[1, 60_000])
        .Where(s => s.Item3 <= s.Item2 * 1000);

    [Fact]
    public void OffsetOf_SameFacilities_IsTheSameInAnyOrderAndEveryProcess()
    {
        var options = new SchedulingOptions();
        var schedule = Schedule(Ids(3), options);
        var reversed = Schedule(Ids(3).Reverse(), options);

        Assert.Equal(["00:22:30", "00:00:30", "00:19:00"], Ids(3).Select(id => schedule.SlotsOf(id).Offset.ToString()));
        Assert.All(Ids(3), id => Assert.Equal(schedule.SlotsOf(id).Offset, reversed.SlotsOf(id).Offset));
    }

    [Fact]
    public void OffsetOf_AnySetting_IsUniqueAndWithinTheInterval() => Settings.Sample(setting =>
    {
        SchedulingOptions options = Options(setting.Seconds, setting.StaggerMilliseconds);
        var schedule = Schedule(Ids(setting.Count), options);

        TimeSpan[] offsets = [.. Ids(setting.Count).Select(id => schedule.SlotsOf(id).Offset).Order()];

        return offsets.Distinct().Count() == setting.Count && offsets[0] >= TimeSpan.Zero && offsets[^1] < options.Interval;
    });

    [Fact]
    public void NextAfter_AnyMoment_IsTheFirstSlotStrictlyLater() => Gen.Select(Settings, Gen.Long[0, TimeSpan.TicksPerDay]).Sample((setting, ticks) =>
    {
        SchedulingOptions options = Options(setting.Seconds, setting.StaggerMilliseconds);
        var schedule = Schedule(Ids(setting.Count), options);
        DateTimeOffset moment = Moment.AddTicks(ticks);

        return Ids(setting.Count).All(id =>
        {
            DateTimeOffset next = schedule.NextAfter(id, moment);
            return next > moment && next <= moment + options.Interval && schedule.NextAfter(id, next) == next + options.Interval
                && schedule.NextAfter(id, next.AddTicks(-1)) == next;
        });
    });

    [Fact]
    public void OffsetOf_OneFacilityComes_FewOthersMove() => Gen.Int[1, 900].Sample(count =>
    {
        SchedulingOptions options = Options(3600, 1000);
        var before = Schedule(Ids(count), options);
        var after = Schedule(Ids(count + 1), options);

        return Ids(count).Count(id => before.SlotsOf(id).Offset != after.SlotsOf(id).Offset) <= 15;
    });

    [Fact]
    public void OffsetOf_ManyFacilities_LieEvenlyInTheInterval()
    {
        var schedule = Schedule(Ids(1000), Options(3600, 1000));

        int[] quarters = [.. Ids(1000).GroupBy(id => (int)(schedule.SlotsOf(id).Offset / TimeSpan.FromMinutes(15))).Select(g => g.Count())];

        Assert.Equal(4, quarters.Length);
        Assert.All(quarters, count => Assert.InRange(count, 200, 300));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(61, true)]
    public void IsCrowded_MoreFacilitiesThanSlots_IsSaid(int count, bool expected) =>
        Assert.Equal(expected, Schedule(Ids(count), new SchedulingOptions()).IsCrowded);

    [Fact]
    public void OffsetOf_Crowded_SpreadsAllEvenly()
    {
        var schedule = Schedule(Ids(100), Options(1000, 60_000));

        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => TimeSpan.FromSeconds(10 * i)),
            Ids(100).Select(id => schedule.SlotsOf(id).Offset).Order());
    }

    [Fact]
    public void OffsetOf_CrowdedBeyondWholeTicks_KeepsTheSameGap()
    {
        string[] ids = [.. Ids(6000)];
        var schedule = Schedule(ids, Options(1, 1000));

        Assert.Equal(Enumerable.Range(0, 6000).Select(i => i * 1666L), ids.Select(id => schedule.SlotsOf(id).Offset.Ticks).Order());
    }

    [Fact]
    public void OffsetOf_Concurrent_IsZeroForAll()
    {
        SchedulingOptions options = Options(60, 1000);
        options.Strategy = ScheduleStrategy.Concurrent;
        var schedule = Schedule(Ids(100), options);

        Assert.All(Ids(100), id => Assert.Equal(TimeSpan.Zero, schedule.SlotsOf(id).Offset));
        Assert.False(schedule.IsCrowded);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 8, 0, TimeSpan.Zero), schedule.NextAfter("FAC-0", Moment));
    }

    [Fact]
    public void NextAfter_AnotherTimeZone_IsTheSameMoment()
    {
        var schedule = Schedule(Ids(1), new SchedulingOptions());

        Assert.Equal(schedule.NextAfter("FAC-0", Moment), schedule.NextAfter("FAC-0", Moment.ToOffset(TimeSpan.FromHours(4))));
    }

    [Fact]
    public void Constructor_IdTwiceOrNone_IsTaken()
    {
        Assert.Equal(TimeSpan.Zero, Schedule(["a", "a"], Options(1, 1000)).SlotsOf("a").Offset);
        Assert.False(Schedule([], new SchedulingOptions()).IsCrowded);
    }

    [Fact]
    public void Offset_CrowdedAndOneComesOrGoes_EachMovesByLessThanTheGap() => Gen.Int[61, 3000].Sample(count =>
    {
        SchedulingOptions options = Options(1800, 30_000);
        PollSchedule before = Schedule(Ids(count), options);
        PollSchedule after = Schedule(Ids(count + 1), options);
        TimeSpan gap = options.Interval / count;

        return Ids(count).All(id => (before.SlotsOf(id).Offset - after.SlotsOf(id).Offset).Duration() < gap);
    });

    [Fact]
    public void NextAfter_TenThousandFacilities_StartEvenlyInEachInterval()
    {
        SchedulingOptions options = Options(1800, 30_000);
        PollSchedule schedule = Schedule(Ids(10_000), options);

        DateTimeOffset[] slots = [.. Ids(10_000).SelectMany(id => new[] { schedule.NextAfter(id, Moment), schedule.NextAfter(id, Moment + options.Interval) }).Order()];

        Assert.Equal(20_000, slots.Distinct().Count());
        Assert.All(slots.Zip(slots.Skip(1), (a, b) => b - a), gap => Assert.InRange(gap, TimeSpan.FromMilliseconds(179), TimeSpan.FromMilliseconds(181.1)));
    }

    [Fact]
    public void NextAfter_FacilitiesWithAnIntervalOfTheirOwn_AreSpreadAmongThemselves()
    {
        Facility[] facilities = [.. Ids(40).Select((id, i) => new Facility(id, "x", "y") { Interval = i % 2 == 0 ? TimeSpan.FromMinutes(20) : null })];
        var schedule = new PollSchedule(facilities, Options(3600, 60_000));

        Assert.False(schedule.IsCrowded);
        foreach (IGrouping<TimeSpan?, Facility> group in facilities.GroupBy(f => f.Interval))
        {
            Assert.Equal(20, group.Select(f => schedule.SlotsOf(f.Id).Offset).Distinct().Count());
            Assert.All(group, f => Assert.Equal(f.Interval ?? TimeSpan.FromHours(1), schedule.NextAfter(f.Id, schedule.NextAfter(f.Id, Moment)) - schedule.NextAfter(f.Id, Moment)));
        }
    }

    [Fact]
    public void NextAfter_Jitter_MovesEachSlotWithinItsBoundTheSameOnEveryHost() => Gen.Select(Gen.Int[1, 50], Gen.Int[0, 3_600_000]).Sample((count, jitter) =>
    {
        SchedulingOptions options = Options(3600, 1000);
        PollSchedule exact = Schedule(Ids(count), options);
        options.Jitter = TimeSpan.FromMilliseconds(jitter);
        PollSchedule jittered = Schedule(Ids(count), options);
        PollSchedule otherHost = Schedule(Ids(count).Reverse(), options);
        return Ids(count).All(id =>
        {
            DateTimeOffset at = Moment;
            for (int i = 0; i < 5; i++)
            {
                DateTimeOffset slot = jittered.NextAfter(id, at);
                DateTimeOffset nominal = Cycle(slot - exact.SlotsOf(id).Offset, options.Interval) + exact.SlotsOf(id).Offset;
                if (slot <= at || slot - nominal < TimeSpan.Zero || slot - nominal > options.Jitter || otherHost.NextAfter(id, at) != slot) return false;
                at = slot;
            }

            return true;
        });

        static DateTimeOffset Cycle(DateTimeOffset moment, TimeSpan interval) => new(moment.UtcTicks / interval.Ticks * interval.Ticks, TimeSpan.Zero);
    });

    private static PollSchedule Schedule(IEnumerable<string> ids, SchedulingOptions options) => new(ids.Select(id => new Facility(id, "fake", "there")), options);

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"FAC-{i}");

    private static SchedulingOptions Options(int seconds, int staggerMilliseconds) =>
        new() { Interval = TimeSpan.FromSeconds(seconds), Stagger = TimeSpan.FromMilliseconds(staggerMilliseconds) };
}
