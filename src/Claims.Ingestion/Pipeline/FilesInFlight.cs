using System.Collections.Concurrent;

namespace Claims.Ingestion.Pipeline;

/// <summary>The files between listing and acknowledgement, so that a poll that comes early does not fetch them a second time.</summary>
internal sealed class FilesInFlight(TimeProvider time)
{
    private readonly ConcurrentDictionary<(string FacilityId, string ExternalId), long> _files = new();

    public int Count => _files.Count;

    /// <summary>How long ago the oldest of them was listed; <see langword="null"/> when there is none.</summary>
    public TimeSpan? OldestAge
    {
        get
        {
            long oldest = long.MaxValue;
            foreach ((_, long since) in _files) oldest = Math.Min(oldest, since);
            return oldest == long.MaxValue ? null : time.GetElapsedTime(oldest);
        }
    }

    public bool TryAdd(string facilityId, string externalId) => _files.TryAdd((facilityId, externalId), time.GetTimestamp());

    public void Remove(string facilityId, string externalId) => _files.TryRemove((facilityId, externalId), out _);

    public void Remove(FileInFlight file) => Remove(file.Facility.Id, file.Remote.ExternalId);
}
