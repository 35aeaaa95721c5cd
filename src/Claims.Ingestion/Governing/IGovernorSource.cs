namespace Claims.Ingestion.Governing;

/// <summary>Measures something for the governor.</summary>
internal interface IGovernorSource
{
    /// <summary>Adds what it measures. It must be quick and open nothing; what takes longer it measures by itself.</summary>
    GovernorSignals Add(GovernorSignals signals);

    /// <summary>Hears what the users of this host meet, as a part of what is allowed; <see langword="null"/> when nobody asks.</summary>
    void Tell(double? pressure)
    {
    }
}
