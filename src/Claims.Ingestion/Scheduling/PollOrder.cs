using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Scheduling;

/// <summary>What one poll is to do.</summary>
internal sealed record PollOrder(Facility Facility)
{
    /// <summary>Tells the polls apart.</summary>
    public Guid Id { get; init; } = Guid.NewGuid();

    /// <summary>The epoch that every write of the poll carries.</summary>
    public long? LeaseEpoch { get; init; }

    /// <summary>The dates of a back-fill; without them, what waits at the source.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Range { get; init; }
}
