using Claims.Ingestion.Governing;

namespace Claims.LoadTests.Governing;

/// <summary>
/// A database with one queue: what a query takes grows as 1 / (1 - load). Users load a part of it, ingestion another that follows its share, and each measurement is noisy. The control is asked twice a second.
/// </summary>
internal sealed class SimulatedUsers
{
    private const double Service = 0.005;
    private const double StallFactor = 15;

    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(500);

    private readonly Random _random;
    private readonly double _noise;

    public SimulatedUsers(double noise = 0.1, int seed = 1)
    {
        _noise = noise;
        _random = new Random(seed);
    }

    /// <summary>With no floor: the times of the model are its own.</summary>
    public GovernorOptions Options { get; init; } = new() { UserLatencyFloor = TimeSpan.Zero };

    public GovernorState State { get; private set; } = new();

    public TimeSpan Now { get; private set; }

    /// <summary>The part of the database that the users load.</summary>
    public double Users { get; set; } = 0.2;

    /// <summary>What ingestion would load at full speed.</summary>
    public double FullSpeed { get; init; } = 0.9;

    /// <summary>Whether there is something to store.</summary>
    public bool IsIngesting { get; set; }

    /// <summary>What else loads it, which nobody can slow down.</summary>
    public double Others { get; set; }

    /// <summary>The part of the readings that are of a moment in which the machine stood still, whoever was at work.</summary>
    public double Stalls { get; init; }

    public bool IsDead { get; set; }

    public TimeSpan? OldestFile { get; set; }

    public List<(TimeSpan Now, double Share, double Ratio, GovernorDecision Decision)> Steps { get; } = [];

    /// <summary>What the users would meet without ingestion.</summary>
    private double Alone => Service / (1 - Math.Min(0.98, Users + Others));

    /// <summary>Runs, and gives the steps.</summary>
    public IReadOnlyList<(TimeSpan Now, double Share, double Ratio, GovernorDecision Decision)> Run(TimeSpan time)
    {
        int first = Steps.Count;
        for (TimeSpan end = Now + time; Now < end;)
        {
            Now += _step;
            double load = Math.Min(0.98, Users + Others + (IsIngesting ? State.Share * FullSpeed : 0));
            double latency = Service / (1 - load) * Math.Exp(_noise * Gauss()) * (Stalls > 0 && _random.NextDouble() < Stalls ? StallFactor : 1);
            GovernorDecision decision = GovernorControl.Decide(
                Options,
                new GovernorSignals
                {
                    Now = Now,
                    UserLatency = Users > 0 && !IsDead ? TimeSpan.FromSeconds(latency) : null,
                    UserLatencySpan = _step,
                    UserRate = Users * 1000,
                    OldestFile = OldestFile,
                    IsAtWork = IsIngesting,
                    IsIdle = !IsIngesting,
                    Dead = IsDead ? ["the users' latency cannot be measured"] : [],
                },
                State);
            Steps.Add((Now, State.Share, Service / (1 - load) / Alone, decision));
            State = decision.State;
        }

        return Steps[first..];
    }

    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
