namespace Claims.LoadTests.Facilities.Output;

/// <summary>Tells people how far a run is.</summary>
internal interface IRunProgress
{
    void Say(string what);

    /// <summary>Shows a phase until its time is over.</summary>
    Task PhaseAsync(string name, TimeSpan length, CancellationToken stop);
}
