namespace FacilityGateway.Gateway;

/// <summary>How the simulated gateway behaves.</summary>
public sealed record GatewayServerOptions
{
    /// <summary>The facilities and their files.</summary>
    public required World World { get; init; }

    /// <summary>The port on the loopback address; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The most files in one answer of SearchTransactions, the oldest first.</summary>
    public int SearchCap { get; init; } = 500;

    /// <summary>The longest window of a search; a longer one is refused with -5.</summary>
    public int MaxSearchDays { get; init; } = 100;

    /// <summary>Zero: all files are there from the start. Otherwise file k of the n of a facility arrives k/n of this after it.</summary>
    public TimeSpan ArrivalSpan { get; init; }

    /// <summary>What each call takes longer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Whether GetNewTransactions lists the facility's own submissions too, which otherwise only a search finds.</summary>
    public bool GetNewIncludesSent { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">An option is out of its limits; the message names it.</exception>
    public void Validate()
    {
        Within(Port, nameof(Port), 0, 65_535);
        Within(SearchCap, nameof(SearchCap), 1, 1_000_000);
        Within(MaxSearchDays, nameof(MaxSearchDays), 1, 36_500);
        Within(ArrivalSpan, nameof(ArrivalSpan), TimeSpan.Zero, TimeSpan.FromDays(365));
        Within(Latency, nameof(Latency), TimeSpan.Zero, TimeSpan.FromHours(1));
    }

    private static void Within<T>(T value, string name, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentException($"{name} is {value}; it must be from {least} to {most}.");
    }
}
