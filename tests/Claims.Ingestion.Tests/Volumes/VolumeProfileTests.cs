using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Tests.Volumes;

public sealed class VolumeProfileTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 7, 0, TimeSpan.Zero);
    private readonly VolumeProfile _profile = new(new VolumeOptions());

    [Fact]
    public void Judge_BeforeTheWeeksToLearn_IsLearning()
    {
        DateTimeOffset at = Poll(Start, hours: 14 * 24);
        Assert.Equal(new(VolumeState.Learning, null), _profile.Judge(at.AddHours(-1)));

        Poll(at, hours: 1);
        Assert.Equal(new(VolumeState.Usual, null), _profile.Judge(at));
    }

    [Fact]
    public void Count_BeforeTheFirstFile_LearnsNothing()
    {
        DateTimeOffset at = Poll(Start, hours: 30 * 24, files: 0);
        byte[] fresh = new VolumeProfile(new VolumeOptions()).ToBytes();

        Assert.Equal(fresh, _profile.ToBytes());
        Assert.Equal(VolumeState.Learning, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_Silent_SaysSinceWhenAndHowMuchIsUsual()
    {
        DateTimeOffset at = Poll(Start, hours: 21 * 24, files: 3);

        at = Poll(at, hours: 10, files: 0);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at).State);

        at = Poll(at, hours: 1, files: 0);
        Assert.Equal(
            new(VolumeState.Silent, "no file for 11 hours, in which 24 files are usual; the last one came 2026-01-25 23:07 UTC"),
            _profile.Judge(at.AddHours(-1)));
    }

    [Fact]
    public void Judge_FileAfterSilence_IsUsual()
    {
        DateTimeOffset at = Poll(Start, hours: 21 * 24);
        at = Poll(at, hours: 24, files: 0);
        Assert.Equal(VolumeState.Silent, _profile.Judge(at).State);

        at = Poll(at, hours: 1);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_Surging_SaysHowManyTimesTheUsual()
    {
        DateTimeOffset at = Poll(Start, hours: 49 * 24, files: 1, claims: 30);

        at = Poll(at, hours: 24, files: 6, claims: 181);

        Assert.Equal(
            new(VolumeState.Surging, "4,344 claims within 24 hours, 6 times the usual 720"),
            _profile.Judge(at.AddHours(-1)));
    }

    [Theory]
    [InlineData(2, VolumeState.Surging)]
    [InlineData(1, VolumeState.Usual)]
    public void Judge_FewClaims_IsNoSurge(long usual, VolumeState expected)
    {
        DateTimeOffset at = Poll(Start, hours: 49 * 24, files: 1, claims: usual);

        at = Poll(at, hours: 24, files: 10, claims: 10 * usual + 1);

        Assert.Equal(expected, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_PollsStopped_IsAsOfTheLastPollButNoSurge()
    {
        DateTimeOffset at = Poll(Start, hours: 49 * 24, files: 1, claims: 30);
        at = Poll(at, hours: 24, files: 6, claims: 200);

        Assert.Equal(VolumeState.Surging, _profile.Judge(at).State);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at.AddDays(60)).State);
    }

    [Fact]
    public void Judge_NobodyPolled_HoursDoNotCountAsSilence()
    {
        DateTimeOffset at = Poll(Start, hours: 21 * 24);
        at = Poll(at, hours: 4, files: 0);

        at = Poll(at.AddDays(3), hours: 5, files: 0);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at).State);

        at = Poll(at, hours: 5, files: 0);
        Assert.Equal(VolumeState.Silent, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_SilentForFourWeeks_LearnsAnew()
    {
        DateTimeOffset at = Poll(Start, hours: 21 * 24);

        at = Poll(at, hours: 28 * 24, files: 0);
        Assert.Equal(VolumeState.Silent, _profile.Judge(at).State);

        at = Poll(at, hours: 24, files: 0);
        Assert.Equal(VolumeState.Learning, _profile.Judge(at).State);

        at = Poll(at, hours: 14 * 24 + 1);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_PolledOnceADay_CountsWeeksNotPolls()
    {
        for (int day = 0; day < 100; day++)
        {
            _profile.Count(Start.AddDays(day), day < 60 ? 1 : 0, 10);
            VolumeState expected = day switch { < 14 => VolumeState.Learning, < 63 => VolumeState.Usual, < 92 => VolumeState.Silent, _ => VolumeState.Learning };
            Assert.Equal((day, expected), (day, _profile.Judge(Start.AddDays(day)).State));
        }
    }

    [Theory]
    [InlineData(24, VolumeState.Silent)]
    [InlineData(26, VolumeState.Usual)]
    [InlineData(27, VolumeState.Learning)]
    public void Judge_PolledSeldom_LearnsUpToTheLongestGap(int hours, VolumeState expected)
    {
        DateTimeOffset at = Start;
        for (int i = 0; i < 60; i++, at = at.AddHours(hours)) _profile.Count(at, i < 40 ? 1 : 0, 10);

        Assert.Equal(expected, _profile.Judge(at).State);
    }

    [Fact]
    public void Judge_PolledByDayOnly_KnowsTheFilesOfTheNight()
    {
        VolumeState state = default;
        DateTimeOffset lastFile = Start.AddDays(60);
        for (DateTimeOffset at = Start; at < lastFile.AddDays(2); at = at.AddHours(1))
        {
            if (at.Hour is < 6 or >= 20)
                continue;

            _profile.Count(at, at.Hour == 6 && at < lastFile ? 1 : 0, 10);
            state = _profile.Judge(at).State;
            if (at < lastFile) Assert.NotEqual(VolumeState.Silent, state);
        }

        Assert.Equal(VolumeState.Silent, state);
    }

    [Theory]
    [InlineData(-0.2)]
    [InlineData(-5)]
    [InlineData(-24 * 90)]
    [InlineData(24 * 90)]
    public void Count_ClockJumps_GoesOnFromThere(double hours)
    {
        DateTimeOffset at = Poll(Start, hours: 49 * 24).AddHours(hours);

        Poll(at, hours: 20 * 24);
        Assert.Equal(VolumeState.Usual, _profile.Judge(at.AddHours(20 * 24)).State);

        Poll(at.AddHours(20 * 24), hours: 24, files: 0);
        Assert.Equal(VolumeState.Silent, _profile.Judge(at.AddHours(21 * 24)).State);
    }

    [Fact]
    public void Judge_ClockSetBackBeforeTheLastFile_DoesNotSayTheFuture()
    {
        DateTimeOffset at = Poll(Start, hours: 21 * 24).AddDays(-7);

        Poll(at, hours: 24, files: 0);

        Assert.Equal(
            "no file for 23 hours, in which 20 files are usual; the last one came 2026-01-19 00:07 UTC",
            _profile.Judge(at.AddHours(23)).Reason);
    }

    [Fact]
    public void FromBytes_OfToBytes_IsTheSame()
    {
        DateTimeOffset at = Poll(Start, hours: 40 * 24, files: 100_000, claims: 5_000_000);
        Poll(at, hours: 5, files: 0);

        byte[] bytes = _profile.ToBytes();

        Assert.Equal(bytes, VolumeProfile.FromBytes(bytes, new VolumeOptions()).ToBytes());
    }

    [Fact]
    public void FromBytes_DamagedOrUnknown_IsFresh()
    {
        Poll(Start, hours: 21 * 24);
        byte[] fresh = new VolumeProfile(new VolumeOptions()).ToBytes();
        byte[] bytes = _profile.ToBytes();

        Assert.Equal(fresh, Again([]));
        Assert.Equal(fresh, Again([1]));
        Assert.Equal(fresh, Again(bytes[..^1]));
        Assert.Equal(fresh, Again([.. bytes, 0]));
        Assert.Equal(fresh, Again([2, .. bytes[1..]]));
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 0x40;
            Assert.Equal(fresh, Again(damaged));
        }
    }

    private static byte[] Again(byte[] bytes) => VolumeProfile.FromBytes(bytes, new VolumeOptions()).ToBytes();

    /// <summary>Polls once an hour and returns when the next poll is due.</summary>
    private DateTimeOffset Poll(DateTimeOffset from, int hours, int files = 1, long claims = 10)
    {
        for (int i = 0; i < hours; i++) _profile.Count(from.AddHours(i), files, files == 0 ? 0 : claims);
        return from.AddHours(hours);
    }
}
