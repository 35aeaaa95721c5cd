using System.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>A file on its way from the download to the acknowledgement. It holds its bytes, what was read of them and its share of the budget until its fate is known.</summary>
internal sealed class FileInFlight(
    Facility facility, IFacilityPoller poller, RemoteFile remote, FilesInFlight register, FlowBudget.Reservation? reservation, PollTally? tally)
{
    private FetchedContent? _content;
    private IDisposable? _read;
    private int _finished;

    public Facility Facility { get; } = facility;

    public RemoteFile Remote { get; } = remote;

    public IFacilityPoller Poller { get; } = poller;

    /// <summary>What was fetched; set before the file enters the pipeline.</summary>
    public ClaimFile? File { get; set; }

    /// <summary>The span that what happens to the file belongs under; none when nobody listens.</summary>
    public ActivityContext Trace { get; set; }

    /// <summary>The span of the batch that it was stored with; none when nobody listens.</summary>
    public ActivityContext Batch { get; set; }

    /// <summary>Whether the file was larger than the limit, so that only its beginning was fetched.</summary>
    public bool IsCut => _content?.IsCut ?? false;

    /// <summary>Takes over the bytes and corrects the share of the budget to their true size.</summary>
    public void Attach(FetchedContent content)
    {
        _content = content;
        reservation?.Resize(content.Length);
    }

    /// <summary>Takes over what was read of the file.</summary>
    public void Attach(ReadFile read) => _read = read as IDisposable;

    /// <summary>Ends the file's way through the pipeline, with its committed fate, or without one when it is left for the next poll.</summary>
    public void Finish(FileFate? fate)
    {
        if (!Release()) return;
        if (fate is null) register.Remove(this);
        tally?.Add(fate);
    }

    /// <summary>Ends the way of a listed file that is no longer there, or not complete yet: nothing was fetched.</summary>
    public void FinishGone()
    {
        if (!Release()) return;
        register.Remove(this);
        tally?.Withdraw();
    }

    /// <summary>Ends the file's stay in the register, after its acknowledgement was tried: from now on a poll may look at it again.</summary>
    public void Forget() => register.Remove(this);

    private bool Release()
    {
        if (Interlocked.Exchange(ref _finished, 1) != 0) return false;
        _read?.Dispose();
        _content?.Dispose();
        reservation?.Dispose();
        return true;
    }
}
