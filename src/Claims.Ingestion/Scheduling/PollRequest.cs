using System.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Scheduling;

/// <summary>Why a facility is polled.</summary>
internal enum PollKind
{
    /// <summary>Its slot has come.</summary>
    Scheduled,

    /// <summary>The host that polled it gave no sign of life.</summary>
    TakeOver,

    /// <summary>Somebody asked for it.</summary>
    Manual,

    /// <summary>Somebody asked for its files of a range of dates.</summary>
    Backfill,
}

/// <summary>A facility that waits to be polled.</summary>
internal sealed class PollRequest(FacilityEntry entry, DateTimeOffset slot, PollKind kind, CancellationToken cancellationToken)
{
    public FacilityEntry Entry => entry;

    public Facility Facility => entry.Facility;

    public DateTimeOffset Slot => slot;

    public PollKind Kind => kind;

    public CancellationToken Token => cancellationToken;

    /// <summary>The span of who asked for it, if there is one.</summary>
    public ActivityContext? AskedBy { get; } = Activity.Current?.Context;

    /// <summary>What a back-fill fetches.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Range { get; init; }

    /// <summary>The host name of the facility's gateway; empty for a folder.</summary>
    public string Gateway { get; } = Uri.TryCreate(entry.Facility.Endpoint, UriKind.Absolute, out Uri? address) && !address.IsFile ? address.Host : "";

    /// <summary>The smaller, the sooner it is served.</summary>
    public long Rank { get; init; }

    /// <summary>Tells apart who has the same rank: first come, first served.</summary>
    public long Number { get; init; }

    /// <summary>When it began to wait.</summary>
    public long DueSince { get; init; }

    /// <summary>When its lease was asked for.</summary>
    public long AskedAt { get; set; }

    /// <summary>What came of it: what was fetched and what was wrong; <see langword="null"/> when the facility is polled elsewhere, or its slot is served.</summary>
    public TaskCompletionSource<(PollTally Tally, string? Error)?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LeaseRequest ToLeaseRequest(TimeSpan interval) => new(Facility.Id, Slot, interval / 2, kind is PollKind.Manual or PollKind.Backfill);
}
