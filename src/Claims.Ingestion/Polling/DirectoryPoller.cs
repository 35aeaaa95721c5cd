using Claims.Ingestion.Facilities;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Polling;

/// <summary>Polls facilities whose claim files arrive in a folder; what is finished moves to a sub-folder of it.</summary>
internal sealed class DirectoryPoller(IOptions<DirectoryPollerOptions> options, TimeProvider timeProvider, ILogger<DirectoryPoller> logger)
    : IFacilityPoller
{
    private readonly TimeSpan _settleTime = options.Value.SettleTime;

    public string Kind => "directory";

    public IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, CancellationToken cancellationToken) =>
        new DirectoryScan(new FacilityFolder(facility), _settleTime, timeProvider, logger).ListAsync(cancellationToken);

    public ValueTask<Stream?> OpenAsync(Facility facility, RemoteFile file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var folder = new FacilityFolder(facility);
        var entry = folder.Look(file.Name);
        if (entry.State != EntryState.File)
            return Leave(folder, file, "it is gone");
        if (file.Length is { } length && length != entry.Length)
            return Leave(folder, file, "its length changed");
        if (IsYoung(entry.LastWriteUtc))
            return Leave(folder, file, "it was written since it was listed");
        if (entry.Length == 0)
            return ValueTask.FromResult<Stream?>(Stream.Null);

        FileStream? stream = null;
        try
        {
            stream = FileFingerprint.Open(entry.ContentPath);
            if (stream.Length == entry.Length)
                return ValueTask.FromResult<Stream?>(stream);

            stream.Dispose();
            return Leave(folder, file, "its length changed");
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            stream?.Dispose();
            if (FileErrors.IsInUse(exception))
                PollingLog.FilesInUse(logger, folder.FacilityId, 1);
            else if (!FileErrors.IsGone(exception))
                PollingLog.FilesUnreadable(logger, folder.FacilityId, 1);
            return Leave(folder, file, FileErrors.Describe(exception));
        }
    }

    public async ValueTask AcknowledgeAsync(Facility facility, RemoteFile file, FileFate fate, CancellationToken cancellationToken)
    {
        var folder = new FacilityFolder(facility);
        var entry = folder.Look(file.Name);
        if (entry.State != EntryState.File)
            return;

        try
        {
            var hash = await FileFingerprint.HashAsync(entry.ContentPath, entry.Length, cancellationToken).ConfigureAwait(false);
            if (FileFingerprint.CreateId(file.Name, hash) != file.ExternalId)
            {
                PollingLog.FileLeft(logger, folder.FacilityId, file.Name, "other content has taken its name");
                return;
            }

            var subFolder = new FileArchive(folder, timeProvider).Move(file, fate);
            PollingLog.FileMoved(logger, folder.FacilityId, file.Name, subFolder);
        }
        catch (Exception exception) when (FileErrors.IsGone(exception) && folder.Look(file.Name).State == EntryState.Gone)
        {
            PollingLog.FileLeft(logger, folder.FacilityId, file.Name, "it is gone");
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            // No inner exception: its message holds the file's name.
            throw new FacilityPollException(
                $"Facility {folder.FacilityId}: a finished file cannot be moved within the folder '{folder.FullPath}': {FileErrors.Describe(exception)}. " +
                $"Let this process write to the folder and to its sub-folders '{FileArchive.Stored}' and '{FileArchive.Quarantined}'; the next poll tries again.");
        }
    }

    // A listed file was older than this already, so a younger one was written again.
    private bool IsYoung(DateTime lastWriteUtc)
    {
        var age = timeProvider.GetUtcNow().UtcDateTime - lastWriteUtc;
        return age >= TimeSpan.Zero && age < _settleTime;
    }

    private ValueTask<Stream?> Leave(FacilityFolder folder, RemoteFile file, string reason)
    {
        PollingLog.FileLeft(logger, folder.FacilityId, file.Name, reason);
        return ValueTask.FromResult<Stream?>(null);
    }
}
