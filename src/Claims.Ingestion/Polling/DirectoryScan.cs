using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Polling;

/// <summary>One listing of one facility's folder. Counts what it leaves and logs the counts at its end.</summary>
internal sealed class DirectoryScan(FacilityFolder folder, TimeSpan settleTime, TimeProvider timeProvider, ILogger logger)
{
    private int _refusedLinks;
    private int _unreadable;
    private int _inUse;

    public async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var young = new List<(string Name, FolderEntry Entry, long FirstSeen)>();
        try
        {
            foreach (var name in folder.ListNames())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Find(name) is not { } entry)
                    continue;

                // A file from the future has a negative age: its clock says nothing, so it is watched like a young one.
                var age = timeProvider.GetUtcNow().UtcDateTime - entry.LastWriteUtc;
                if (age < settleTime)
                    young.Add((name, entry, timeProvider.GetTimestamp()));
                else if (await IdentifyAsync(name, entry, cancellationToken).ConfigureAwait(false) is { } file)
                    yield return file;
            }

            foreach (var (name, entry, firstSeen) in young)
            {
                var remaining = settleTime - timeProvider.GetElapsedTime(firstSeen);
                if (remaining > TimeSpan.Zero)
                    await Task.Delay(remaining, timeProvider, cancellationToken).ConfigureAwait(false);

                if (await IdentifyAsync(name, entry, cancellationToken).ConfigureAwait(false) is { } file)
                    yield return file;
            }
        }
        finally
        {
            LogCounts();
        }
    }

    /// <summary>Hashes a file that has not changed since it was looked at.</summary>
    /// <returns>The file, or <see langword="null"/> when it is left for the next poll.</returns>
    public async ValueTask<RemoteFile?> IdentifyAsync(string name, FolderEntry seen, CancellationToken cancellationToken)
    {
        if (folder.Look(name) != seen)
            return Leave(name, "it is still being written");

        string hash;
        try
        {
            hash = await FileFingerprint.HashAsync(seen.ContentPath, seen.Length, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FileErrors.IsGone(exception))
        {
            return Leave(name, "it is gone");
        }
        catch (Exception exception) when (FileErrors.IsInUse(exception))
        {
            _inUse++;
            return Leave(name, "another process uses it");
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            _unreadable++;
            return Leave(name, FileErrors.Describe(exception));
        }

        return folder.Look(name) == seen
            ? new RemoteFile(FileFingerprint.CreateId(name, hash), name) { Length = seen.Length }
            : Leave(name, "it was written while it was read");
    }

    private FolderEntry? Find(string name)
    {
        if (!FacilityFolder.IsUsableName(name))
        {
            _unreadable++;
            Leave(name, "its name is not usable");
            return null;
        }

        var entry = folder.Look(name);
        switch (entry.State)
        {
            case EntryState.File:
                return entry;
            case EntryState.LeadsOut:
                _refusedLinks++;
                Leave(name, "it is a link that leads out of the folder");
                return null;
            case EntryState.Unreadable:
                _unreadable++;
                Leave(name, "it is a link that leads nowhere");
                return null;
            default:
                Leave(name, "it is gone");
                return null;
        }
    }

    private RemoteFile? Leave(string name, string reason)
    {
        PollingLog.FileLeft(logger, folder.FacilityId, name, reason);
        return null;
    }

    private void LogCounts()
    {
        if (_refusedLinks > 0)
            PollingLog.LinksRefused(logger, folder.FacilityId, _refusedLinks);
        if (_unreadable > 0)
            PollingLog.FilesUnreadable(logger, folder.FacilityId, _unreadable);
        if (_inUse > 0)
            PollingLog.FilesInUse(logger, folder.FacilityId, _inUse);
    }
}
