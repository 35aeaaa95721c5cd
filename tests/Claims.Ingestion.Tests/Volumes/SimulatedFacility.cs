namespace Claims.Ingestion.Tests.Volumes;

/// <summary>A kind of facility, polled every 30 minutes; times are UTC.</summary>
internal sealed record SimulatedFacility(string Name, Func<Random, Func<DateTimeOffset, int>> Files, double ClaimsOfFile, double ClaimsSpread)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 7, 0, TimeSpan.Zero);
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    /// <summary>Open from 8 to 20 six days a week, five files a day, more on some days than on others.</summary>
    public static readonly SimulatedFacility Clinic = new("clinic", random =>
    {
        var day = new DailyFactor(random, 0.3);
        return at => at.DayOfWeek != DayOfWeek.Sunday && at.Hour is >= 8 and < 20 ? Poisson(random, 5 / 24.0 * day.At(at)) : 0;
    }, 40, 0.8);

    /// <summary>Three files an hour by day, fewer than one by night.</summary>
    public static readonly SimulatedFacility Hospital = new("hospital", random =>
    {
        var day = new DailyFactor(random, 0.2);
        return at => Poisson(random, (at.Hour is >= 6 and < 22 ? 1.5 : 0.35) * day.At(at));
    }, 30, 0.8);

    /// <summary>One file each night around 2, in one night of 50 some hours later, in one of 200 none.</summary>
    public static readonly SimulatedFacility Batch = new("batch", random =>
    {
        DateTimeOffset night = default, due = default;
        return at =>
        {
            if (at.Date != night.Date)
            {
                night = at;
                due = new DateTimeOffset(at.Date, TimeSpan.Zero).AddHours(2 + (0.4 * Normal(random)) + (random.NextDouble() < 0.02 ? 5 * random.NextDouble() : 0));
                if (random.NextDouble() < 0.005) due = DateTimeOffset.MaxValue;
            }

            if (at < due) return 0;
            due = DateTimeOffset.MaxValue;
            return 1;
        };
    }, 400, 0.4);

    /// <summary>One file each night within 20 minutes of 2.</summary>
    public static readonly SimulatedFacility PunctualBatch = new("punctual batch", random =>
    {
        DateTimeOffset due = Start.AddHours(2);
        return at =>
        {
            if (at < due) return 0;
            due = new DateTimeOffset(at.Date.AddDays(1), TimeSpan.Zero).AddHours(2).AddMinutes(random.Next(-20, 21));
            return 1;
        };
    }, 400, 0.4);

    /// <summary>Six times a week, in working hours, 5 to 60 files over an hour or two.</summary>
    public static readonly SimulatedFacility Bursts = new("bursts", random =>
    {
        int left = 0;
        return at =>
        {
            if (!IsWeekend(at) && at.Hour is >= 8 and < 18 && random.NextDouble() < 6 / 100.0) left += random.Next(5, 61);
            int now = Math.Min(left, random.Next(5, 21));
            left -= now;
            return now;
        };
    }, 20, 0.6);

    /// <summary>Two files a week at any time of the working week.</summary>
    public static readonly SimulatedFacility Quiet = new("quiet", random =>
        at => !IsWeekend(at) && at.Hour is >= 8 and < 18 ? Poisson(random, 2 / 100.0) : 0, 150, 0.8);

    public static readonly SimulatedFacility[] All = [Clinic, Hospital, Batch, PunctualBatch, Bursts, Quiet];

    /// <summary>Its polls from the start on; at times it brings other than its usual files: none, ten times as many.</summary>
    public IEnumerable<SimulatedPoll> Polls(int seed, int weeks, Func<DateTimeOffset, double>? timesUsual = null)
    {
        var random = new Random(seed);
        Func<DateTimeOffset, int> next = Files(random);
        DateTimeOffset end = Start.AddDays(7 * weeks);
        for (DateTimeOffset at = Start; at < end; at += Interval)
        {
            int files = (int)((next(at) * (timesUsual?.Invoke(at) ?? 1)) + random.NextDouble());
            long claims = 0;
            for (int i = 0; i < files; i++) claims += 1 + (long)(ClaimsOfFile * Math.Exp(ClaimsSpread * Normal(random)));
            yield return new(at, files, claims);
        }
    }

    /// <summary>A random moment between the 9th and the 24th week, in the hours of work.</summary>
    public static DateTimeOffset BusyMoment(int seed)
    {
        var random = new Random(seed + 1000);
        DateTimeOffset moment = Start.AddDays(56 + random.Next(105)).AddHours(random.Next(24));
        while (IsWeekend(moment) || moment.Hour is < 8 or >= 18) moment = moment.AddHours(1);
        return moment;
    }

    public override string ToString() => Name;

    private static bool IsWeekend(DateTimeOffset at) => at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static int Poisson(Random random, double mean)
    {
        int count = 0;
        for (double left = mean + Math.Log(1 - random.NextDouble()); left > 0; left += Math.Log(1 - random.NextDouble())) count++;
        return count;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class DailyFactor(Random random, double spread)
    {
        private DateTime _day;
        private double _factor;

        public double At(DateTimeOffset at)
        {
            if (at.Date != _day) (_day, _factor) = (at.Date, Math.Exp(spread * Normal(random)));
            return _factor;
        }
    }
}

internal readonly record struct SimulatedPoll(DateTimeOffset At, int Files, long Claims);
