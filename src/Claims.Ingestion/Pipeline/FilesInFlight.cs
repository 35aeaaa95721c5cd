using System.Collections.Concurrent;

namespace Claims.Ingestion.Pipeline;

/// <summary>The files between listing and acknowledgement, so that a poll that comes early does not fetch them a second time.</summary>
internal sealed class FilesInFlight
{
    private readonly ConcurrentDictionary<(string FacilityId, string ExternalId), byte> _files = new();

    public int Count => _files.Count;

    public bool TryAdd(string facilityId, string externalId) => _files.TryAdd((facilityId, externalId), 0);

    public void Remove(string facilityId, string externalId) => _files.TryRemove((facilityId, externalId), out _);

    public void Remove(FileInFlight file) => Remove(file.Facility.Id, file.Remote.ExternalId);
}
