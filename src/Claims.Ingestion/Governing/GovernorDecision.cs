namespace Claims.Ingestion.Governing;

/// <summary>A decision of the governor.</summary>
/// <param name="State">What it remembers.</param>
/// <param name="Signal">The signal that binds: a short name.</param>
/// <param name="Reason">Why, in words for operators.</param>
/// <param name="Pressure">How much slower than it should be the worst signal is; 1 is just right.</param>
internal sealed record GovernorDecision(GovernorState State, string Signal, string Reason, double Pressure)
{
    public GovernorLimits Limits { get; } = GovernorLimits.Of(State.Share);

    /// <summary>The same of the users of this host alone; <see langword="null"/> when nobody asks.</summary>
    public double? OwnPressure { get; init; }
}
