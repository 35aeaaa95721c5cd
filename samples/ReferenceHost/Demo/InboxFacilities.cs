using Claims.Ingestion.Facilities;

namespace ReferenceHost.Demo;

/// <summary>Each sub-folder of a folder is a facility. A folder that is added later is found too.</summary>
internal sealed class InboxFacilities(string inbox) : IFacilityDirectory
{
    public ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Facility>>(
            [.. Directory.EnumerateDirectories(inbox)
                .Select(folder => new Facility(Path.GetFileName(folder), "directory", folder))
                .Where(facility => !facility.Id.StartsWith('.'))
                .OrderBy(facility => facility.Id, StringComparer.Ordinal)]);
}
