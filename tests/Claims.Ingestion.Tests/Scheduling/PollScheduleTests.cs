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
        var schedule = new PollSchedule(Ids(3), options);
        var reversed = new PollSchedule(Ids(3).Reverse(), options);

        Assert.Equal(["00:22:30", "00:00:30", "00:19:00"], Ids(3).Select(id => schedule.OffsetOf(id).ToString()));
        Assert.All(Ids(3), id => Assert.Equal(schedule.OffsetOf(id), reversed.OffsetOf(id)));
    }

    [Fact]
    public void OffsetOf_AnySetting_IsUniqueAndWithinTheInterval() => Settings.Sample(setting =>
    {
        SchedulingOptions options = Options(setting.Seconds, setting.StaggerMilliseconds);
        var schedule = new PollSchedule(Ids(setting.Count), options);

        TimeSpan[] offsets = [.. Ids(setting.Count).Select(schedule.OffsetOf).Order()];

        return offsets.Distinct().Count() == setting.Count && offsets[0] >= TimeSpan.Zero && offsets[^1] < options.Interval;
    });

    [Fact]
    public void NextAfter_AnyMoment_IsTheFirstSlotStrictlyLater() => Gen.Select(Settings, Gen.Long[0, TimeSpan.TicksPerDay]).Sample((setting, ticks) =>
    {
        SchedulingOptions options = Options(setting.Seconds, setting.StaggerMilliseconds);
        var schedule = new PollSchedule(Ids(setting.Count), options);
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
        var before = new PollSchedule(Ids(count), options);
        var after = new PollSchedule(Ids(count + 1), options);

        return Ids(count).Count(id => before.OffsetOf(id) != after.OffsetOf(id)) <= 15;
    });

    [Fact]
    public void OffsetOf_ManyFacilities_LieEvenlyInTheInterval()
    {
        var schedule = new PollSchedule(Ids(1000), Options(3600, 1000));

        int[] quarters = [.. Ids(1000).GroupBy(id => (int)(schedule.OffsetOf(id) / TimeSpan.FromMinutes(15))).Select(g => g.Count())];

        Assert.Equal(4, quarters.Length);
        Assert.All(quarters, count => Assert.InRange(count, 200, 300));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(61, true)]
    public void IsCrowded_MoreFacilitiesThanSlots_IsSaid(int count, bool expected) =>
        Assert.Equal(expected, new PollSchedule(Ids(count), new SchedulingOptions()).IsCrowded);

    [Fact]
    public void OffsetOf_Crowded_SpreadsAllEvenly()
    {
        var schedule = new PollSchedule(Ids(100), Options(1000, 60_000));

        Assert.Equal(
            Enumerable.Range(0, 100).Select(i => TimeSpan.FromSeconds(10 * i)),
            Ids(100).Select(schedule.OffsetOf).Order());
    }

    [Fact]
    public void OffsetOf_CrowdedBeyondWholeTicks_KeepsTheSameGap()
    {
        string[] ids = [.. Ids(6000)];
        var schedule = new PollSchedule(ids, Options(1, 1000));

        Assert.Equal(Enumerable.Range(0, 6000).Select(i => i * 1666L), ids.Select(id => schedule.OffsetOf(id).Ticks).Order());
    }

    [Fact]
    public void OffsetOf_Concurrent_IsZeroForAll()
    {
        SchedulingOptions options = Options(60, 1000);
        options.Strategy = ScheduleStrategy.Concurrent;
        var schedule = new PollSchedule(Ids(100), options);

        Assert.All(Ids(100), id => Assert.Equal(TimeSpan.Zero, schedule.OffsetOf(id)));
        Assert.False(schedule.IsCrowded);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 8, 0, TimeSpan.Zero), schedule.NextAfter("FAC-0", Moment));
    }

    [Fact]
    public void NextAfter_AnotherTimeZone_IsTheSameMoment()
    {
        var schedule = new PollSchedule(Ids(1), new SchedulingOptions());

        Assert.Equal(schedule.NextAfter("FAC-0", Moment), schedule.NextAfter("FAC-0", Moment.ToOffset(TimeSpan.FromHours(4))));
    }

    [Fact]
    public void Constructor_IdTwiceOrNone_IsTaken()
    {
        Assert.Equal(TimeSpan.Zero, new PollSchedule(["a", "a"], Options(1, 1000)).OffsetOf("a"));
        Assert.False(new PollSchedule([], new SchedulingOptions()).IsCrowded);
    }

    private static IEnumerable<string> Ids(int count) => Enumerable.Range(0, count).Select(i => $"FAC-{i}");

    private static SchedulingOptions Options(int seconds, int staggerMilliseconds) =>
        new() { Interval = TimeSpan.FromSeconds(seconds), Stagger = TimeSpan.FromMilliseconds(staggerMilliseconds) };
}
