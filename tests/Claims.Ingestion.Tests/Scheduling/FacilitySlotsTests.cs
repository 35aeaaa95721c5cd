using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using CsCheck;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class FacilitySlotsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Zones = ["Asia/Dubai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"];
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    [Fact]
    public void NextAfter_Window_IsTheRegularSlotsWithinIt()
    {
        FacilitySlots slots = Slots(HalfHour, TimeSpan.FromMinutes(7), new PollWindow(new TimeOnly(8, 0), new TimeOnly(10, 0), "Asia/Dubai"));

        Assert.Equal(
            ["01-01 04:07", "01-01 04:37", "01-01 05:07", "01-01 05:37", "01-02 04:07"],
            Next(slots, Start, 5).Select(Text));
    }

    [Fact]
    public void NextAfter_WindowOverMidnight_ReachesIntoTheNextDay()
    {
        FacilitySlots slots = Slots(TimeSpan.FromHours(1), TimeSpan.Zero, new PollWindow(new TimeOnly(22, 30), new TimeOnly(1, 30), "UTC"));

        Assert.Equal(["01-01 01:00", "01-01 23:00", "01-02 00:00", "01-02 01:00", "01-02 23:00"], Next(slots, Start, 5).Select(Text));
    }

    [Fact]
    public void NextAfter_WindowShorterThanTheInterval_IsOnceInEachWindow()
    {
        FacilitySlots slots = Slots(TimeSpan.FromHours(6), TimeSpan.FromHours(3), new PollWindow(new TimeOnly(12, 0), new TimeOnly(13, 0), "UTC"));

        Assert.Equal(["01-01 12:30", "01-02 12:30", "01-03 12:30"], Next(slots, Start, 3).Select(Text));
    }

    [Theory]
    [InlineData("2026-03-29", "03-29 01:00")]
    [InlineData("2026-10-25", "10-25 00:30")]
    public void NextAfter_ClockIsChangedAtTheOpening_OpensOnceThatDay(string day, string expected)
    {
        // In Berlin the clock skips from 2:00 to 3:00 in March, and shows 2:00 to 3:00 twice in October.
        FacilitySlots slots = Slots(TimeSpan.FromHours(6), TimeSpan.Zero, new PollWindow(new TimeOnly(2, 30), new TimeOnly(4, 0), "Europe/Berlin"));
        DateTimeOffset date = DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

        DateTimeOffset[] next = Next(slots, date.AddHours(-12), 2);

        Assert.Equal(expected, Text(next[0]));
        Assert.InRange(next[1] - next[0], TimeSpan.FromHours(23), TimeSpan.FromHours(26));
    }

    [Fact]
    public void NextAfter_AnyWindowAndZone_LiesInTheWindowAndNeverStops() =>
        Gen.Select(Gen.Int[1, 1440], Gen.Int[0, 1439], Gen.Int[1, 1439], Gen.Int[0, Zones.Length - 1], Gen.Int[0, 366 * 24])
            .Sample((interval, from, length, zoneIndex, hour) =>
            {
                string zone = Zones[zoneIndex];
                var window = new PollWindow(TimeOnly.MinValue.AddMinutes(from), TimeOnly.MinValue.AddMinutes(from + length), zone);
                FacilitySlots slots = Slots(TimeSpan.FromMinutes(interval), TimeSpan.FromMinutes(interval / 3), window);
                TimeZoneInfo info = TimeZoneInfo.FindSystemTimeZoneById(zone);
                DateTimeOffset at = Start.AddHours(hour);
                for (int i = 0; i < 10; i++)
                {
                    DateTimeOffset next = slots.NextAfter(at);
                    TimeOnly local = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(next, info).DateTime);
                    bool isNearChange = info.GetUtcOffset(next.AddHours(-4)) != info.GetUtcOffset(next.AddHours(4));
                    if (next <= at || next - at > TimeSpan.FromHours(49) || !(local.IsBetween(window.From, window.To) || isNearChange)) return false;
                    at = next;
                }

                return true;
            });

    [Fact]
    public void CatchUp_AllFacilitiesWereMissed_AddsAtMostHalfTheUsualLoadAndEndsBeforeTheirSlots()
    {
        const int Count = 1800;
        var schedule = new PollSchedule(Enumerable.Range(0, Count).Select(i => new Facility($"F-{i}", "x", "y")), new SchedulingOptions { Interval = HalfHour, Stagger = TimeSpan.FromSeconds(1) });
        DateTimeOffset now = Start.AddMinutes(11);
        var catchUps = new List<DateTimeOffset>();
        for (int i = 0; i < Count; i++)
        {
            FacilitySlots slots = schedule.SlotsOf($"F-{i}");
            DateTimeOffset next = slots.NextAfter(now);
            if (slots.CatchUp(next - HalfHour, now, ScheduleStrategy.Staggered) is not { } at) continue;
            Assert.InRange(at, now, next);
            catchUps.Add(at);
        }

        // One a second is usual: within each minute of the next half hour at most 30 more.
        Assert.InRange(catchUps.Count, 590, 610);
        Assert.All(catchUps.GroupBy(at => (int)(at - now).TotalMinutes), minute => Assert.InRange(minute.Count(), 1, 31));
    }

    [Fact]
    public void CatchUp_ConcurrentSchedule_IsSpreadOverTheTimeToTheNextSlot()
    {
        DateTimeOffset now = Start.AddMinutes(10);
        var schedule = new PollSchedule(Enumerable.Range(0, 1000).Select(i => new Facility($"F-{i}", "x", "y")), new SchedulingOptions { Strategy = ScheduleStrategy.Concurrent });

        DateTimeOffset[] catchUps = [.. Enumerable.Range(0, 1000).Select(i => schedule.SlotsOf($"F-{i}").CatchUp(Start, now, ScheduleStrategy.Concurrent)!.Value)];

        Assert.All(catchUps.GroupBy(at => (int)(at - now).TotalMinutes), minute => Assert.InRange(minute.Count(), 25, 80));
        Assert.All(catchUps, at => Assert.InRange(at, now, Start.AddMinutes(30)));
    }

    private static FacilitySlots Slots(TimeSpan interval, TimeSpan offset, PollWindow window) => new(interval, offset, TimeSpan.Zero, 42, window);

    private static DateTimeOffset[] Next(FacilitySlots slots, DateTimeOffset after, int count)
    {
        var next = new DateTimeOffset[count];
        for (int i = 0; i < count; i++) after = next[i] = slots.NextAfter(after);
        return next;
    }

    private static string Text(DateTimeOffset moment) => moment.ToString("MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
