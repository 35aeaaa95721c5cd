using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Pipeline;

/// <summary>Counts the fates of the files that one poll fetched, and tells when the last of them is known.</summary>
internal sealed class PollTally
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = 1;
    private bool _isListed;
    private FileCounts _counts;
    private int _failedDownloads;
    private string? _downloadError;

    public int Stored { get; private set; }

    public int Quarantined { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>Files left for the next poll: they could not be fetched or stored.</summary>
    public int Unfinished { get; private set; }

    public FileCounts Counts
    {
        get
        {
            lock (_gate) return _counts;
        }
    }

    /// <summary>How many files could not be fetched and what was wrong with one of them, as sentences that begin with a blank; <see langword="null"/> when all were.</summary>
    public string? DownloadError
    {
        get
        {
            lock (_gate)
            {
                return _failedDownloads == 0
                    ? null
                    : $" {_failedDownloads} listed {(_failedDownloads == 1 ? "file" : "files")} could not be fetched; the next poll tries again. {_downloadError}";
            }
        }
    }

    /// <summary>Ends when the poll has listed everything and the fate of each fetched file is known.</summary>
    public Task Completion => _done.Task;

    /// <summary>One more file is expected to report.</summary>
    public void Expect()
    {
        lock (_gate) _open++;
    }

    public void Add(FileFate? fate)
    {
        lock (_gate)
        {
            switch (fate?.Status)
            {
                case FileStatus.Stored:
                    Stored++;
                    break;
                case FileStatus.Quarantined:
                    Quarantined++;
                    break;
                case FileStatus.Skipped:
                    Skipped++;
                    break;
                default:
                    Unfinished++;
                    break;
            }

            if (fate is not null)
            {
                _counts = new FileCounts(
                    _counts.Claims + fate.Counts.Claims,
                    _counts.Activities + fate.Counts.Activities,
                    _counts.RemittanceClaims + fate.Counts.RemittanceClaims,
                    _counts.LeftOut + fate.Counts.LeftOut);
            }
        }

        Close();
    }

    /// <summary>A file could not be fetched. The first reason is kept.</summary>
    public void DownloadFailed(string reason)
    {
        lock (_gate)
        {
            _failedDownloads++;
            _downloadError ??= reason;
        }
    }

    /// <summary>An expected file turned out not to be there.</summary>
    public void Withdraw() => Close();

    /// <summary>The poll lists nothing more. It may be said again.</summary>
    public void EndListing()
    {
        lock (_gate)
        {
            if (_isListed) return;
            _isListed = true;
        }

        Close();
    }

    private void Close()
    {
        lock (_gate)
        {
            if (--_open > 0) return;
        }

        _done.TrySetResult();
    }
}
