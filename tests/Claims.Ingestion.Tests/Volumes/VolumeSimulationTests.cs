using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Tests.Volumes;

/// <summary>Measures the verdicts on simulated facilities. The bounds are those that docs/volumes.md states.</summary>
public sealed class VolumeSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 60;
    private static readonly VolumeOptions Options = new();

    public static TheoryData<string> Kinds => [.. SimulatedFacility.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Judge_NothingWrong_IsFalseAtMostOnceAYear(string kind)
    {
        int silences = 0, surges = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            List<VolumeState> episodes = Episodes(Kind(kind).Polls(seed, 26));
            silences += episodes.Count(state => state == VolumeState.Silent);
            surges += episodes.Count(state => state == VolumeState.Surging);
        }

        double judgedYears = Seeds * 24 / 52.0;
        output.WriteLine($"{kind}: {silences / judgedYears:F2} silences and {surges / judgedYears:F2} surges a year");
        Assert.InRange((silences + surges) / judgedYears, 0, 1);
    }

    [Theory]
    [InlineData("clinic", 72, 120)]
    [InlineData("hospital", 14, 24)]
    [InlineData("batch", 48, 240)]
    [InlineData("punctual batch", 48, 48)]
    [InlineData("bursts", 360, 720)]
    [InlineData("quiet", 1344, 2688)]
    public void Judge_FallsSilent_IsFoundWithin(string kind, double mostHours, double allHours)
    {
        List<double> hours = [.. Enumerable.Range(0, Seeds).Select(seed => HoursUntil(kind, seed, VolumeState.Silent, timesUsual: 0)).Order()];

        output.WriteLine($"{kind}: {Quantiles(hours)}");
        Assert.InRange(hours[(int)(0.9 * Seeds) - 1], 0, mostHours);
        Assert.InRange(hours[^1], 0, allHours);
    }

    [Theory]
    [InlineData("clinic", 0.75)]
    [InlineData("hospital", 0.95)]
    [InlineData("batch", 0.95)]
    [InlineData("punctual batch", 0.95)]
    [InlineData("bursts", 0.65)]
    [InlineData("quiet", 0.5)]
    public void Judge_TenTimesTheFiles_IsFoundWithinADayOfTheFirst(string kind, double share)
    {
        List<double> hours = [.. Enumerable.Range(0, Seeds).Select(seed => HoursUntil(kind, seed, VolumeState.Surging, timesUsual: 10)).Order()];

        output.WriteLine($"{kind}: {hours.Count(h => h <= 24) / (double)Seeds:P0}, {Quantiles(hours)}");
        Assert.InRange(hours.Count(h => h <= 24), share * Seeds, Seeds);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Judge_FivePercentMoreEachWeek_IsNoSurge(string kind)
    {
        int surges = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            surges += Episodes(Kind(kind).Polls(seed, 26, at => Math.Pow(1.05, (at - SimulatedFacility.Start).TotalDays / 7)))
                .Count(state => state == VolumeState.Surging);
        }

        output.WriteLine($"{kind}: {surges} in {Seeds} half years");
        Assert.InRange(surges / (Seeds * 24 / 52.0), 0, 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Judge_NobodyPolledForThreeDays_IsNoSilenceAndNoSurge(string kind)
    {
        int reports = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            DateTimeOffset from = SimulatedFacility.BusyMoment(seed), to = from.AddDays(3);
            var profile = new VolumeProfile(Options);
            int heapedFiles = 0;
            long heapedClaims = 0;
            VolumeState before = default;
            foreach (SimulatedPoll poll in Kind(kind).Polls(seed, 26).TakeWhile(poll => poll.At < to.AddDays(2)))
            {
                heapedFiles += poll.Files;
                heapedClaims += poll.Claims;
                if (poll.At > from && poll.At < to)
                    continue;

                profile.Count(poll.At, heapedFiles, heapedClaims);
                heapedFiles = 0;
                heapedClaims = 0;
                VolumeState state = profile.Judge(poll.At).State;
                if (poll.At >= to && state != before && state != VolumeState.Usual) reports++;
                before = state;
            }
        }

        Assert.InRange(reports, 0, 1);
    }

    [Theory]
    [InlineData("hospital")]
    [InlineData("punctual batch")]
    public void Judge_HolidayOfTwoDays_IsOneSilenceThatEndsWithIt(string kind)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            DateTimeOffset from = new(SimulatedFacility.BusyMoment(seed).Date, TimeSpan.Zero), to = from.AddDays(2);
            IEnumerable<SimulatedPoll> polls = Kind(kind).Polls(seed, 26, at => at >= from && at < to ? 0 : 1);

            List<VolumeState> after = Episodes(polls.TakeWhile(poll => poll.At < to.AddDays(28)), judgeFrom: from);

            Assert.Equal(1, after.Count(state => state == VolumeState.Silent));
            Assert.Equal(VolumeState.Usual, after[^1]);
        }
    }

    [Fact]
    public void Judge_SummerTimeMovesTheHours_IsNoReport()
    {
        DateTimeOffset change = SimulatedFacility.Start.AddDays(84);
        SimulatedFacility clinic = SimulatedFacility.Clinic with
        {
            Files = random =>
            {
                Func<DateTimeOffset, int> next = SimulatedFacility.Clinic.Files(random);
                return at => next(at < change ? at : at.AddHours(1));
            },
        };

        int reports = 0;
        for (int seed = 0; seed < Seeds; seed++)
            reports += Episodes(clinic.Polls(seed, 16), judgeFrom: change).Count(state => state != VolumeState.Usual);

        Assert.InRange(reports / (Seeds * 4 / 52.0), 0, 1);
    }

    [Fact]
    public void Judge_SilentForWeeks_DoesNotLearnTheSilence()
    {
        DateTimeOffset from = SimulatedFacility.Start.AddDays(70), to = from.AddDays(21), again = to.AddDays(2).AddHours(10);
        var profile = new VolumeProfile(Options);
        DateTimeOffset? found = null;
        foreach (SimulatedPoll poll in SimulatedFacility.Hospital.Polls(1, 16, at => (at >= from && at < to) || at >= again ? 0 : 1))
        {
            profile.Count(poll.At, poll.Files, poll.Claims);
            if (poll.At >= again && profile.Judge(poll.At).State == VolumeState.Silent) found ??= poll.At;
        }

        Assert.InRange(found!.Value - again, TimeSpan.Zero, TimeSpan.FromHours(24));
    }

    [Fact]
    public void Count_TwoYears_TakesTheSameFewBytes()
    {
        var profile = new VolumeProfile(Options);
        int length = profile.ToBytes().Length;
        foreach (SimulatedPoll poll in SimulatedFacility.Hospital.Polls(1, 104)) profile.Count(poll.At, poll.Files, poll.Claims);

        Assert.Equal(length, profile.ToBytes().Length);
        Assert.InRange(length, 1, 2048);
    }

    [Fact]
    public void Count_AndJudgeOfTheUsual_AllocateNothing()
    {
        var profile = new VolumeProfile(Options);
        SimulatedPoll[] polls = [.. SimulatedFacility.PunctualBatch.Polls(1, 8)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (SimulatedPoll poll in polls)
        {
            profile.Count(poll.At, poll.Files, poll.Claims);
            profile.Judge(poll.At);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void FromBytes_AfterEveryPoll_JudgesTheSame(string kind)
    {
        var kept = new VolumeProfile(Options);
        var stored = new VolumeProfile(Options);
        DateTimeOffset from = SimulatedFacility.Start.AddDays(63);
        foreach (SimulatedPoll poll in Kind(kind).Polls(1, 10, at => at < from ? 1 : 0))
        {
            kept.Count(poll.At, poll.Files, poll.Claims);
            stored.Count(poll.At, poll.Files, poll.Claims);
            stored = VolumeProfile.FromBytes(stored.ToBytes(), Options);
            Assert.Equal(kept.Judge(poll.At).State, stored.Judge(poll.At).State);
        }
    }

    private static SimulatedFacility Kind(string name) => SimulatedFacility.All.Single(kind => kind.Name == name);

    private static double HoursUntil(string kind, int seed, VolumeState expected, double timesUsual)
    {
        DateTimeOffset from = SimulatedFacility.BusyMoment(seed);
        DateTimeOffset? begun = timesUsual == 0 ? from : null;
        var profile = new VolumeProfile(Options);
        foreach (SimulatedPoll poll in Kind(kind).Polls(seed, 52, at => at >= from ? timesUsual : 1))
        {
            profile.Count(poll.At, poll.Files, poll.Claims);
            if (poll.At < from)
                continue;

            if (poll.Files > 0) begun ??= poll.At;
            if (profile.Judge(poll.At).State == expected)
                return (poll.At - begun!.Value).TotalHours;
        }

        return double.PositiveInfinity;
    }

    /// <summary>The states one after the other, from a moment on.</summary>
    private static List<VolumeState> Episodes(IEnumerable<SimulatedPoll> polls, DateTimeOffset judgeFrom = default)
    {
        var profile = new VolumeProfile(Options);
        List<VolumeState> episodes = [];
        foreach (SimulatedPoll poll in polls)
        {
            profile.Count(poll.At, poll.Files, poll.Claims);
            VolumeState state = profile.Judge(poll.At).State;
            if (poll.At >= judgeFrom && (episodes.Count == 0 || episodes[^1] != state)) episodes.Add(state);
        }

        return episodes;
    }

    private static string Quantiles(List<double> hours) =>
        $"median {hours[Seeds / 2]:F0}, 9 of 10 {hours[(int)(0.9 * Seeds) - 1]:F0}, last {hours[^1]:F0} hours";
}
