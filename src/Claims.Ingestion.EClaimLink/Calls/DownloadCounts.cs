using System.Collections.Concurrent;
using System.Globalization;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>
/// Counts how often each file was asked for and answered, so that a file that comes damaged, or is listed but gone, is not asked for at
/// every poll for ever: gateways lock users who download a file too often.
/// </summary>
internal sealed class DownloadCounts(IOptions<EClaimLinkOptions> options, TimeProvider time)
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string FacilityId, string FileId), (int Count, DateTimeOffset Since)> _counts = new();
    private DateTimeOffset _cleaned = time.GetUtcNow();

    /// <exception cref="FacilityPollException">The file was asked for too often within a day.</exception>
    public void ThrowIfTooMany(Facility facility, string fileId)
    {
        if (!_counts.TryGetValue((facility.Id, fileId), out var asked) || asked.Count < options.Value.MaxDownloadsPerFile) return;
        DateTimeOffset again = asked.Since + _day;
        if (again <= time.GetUtcNow()) return;
        throw new FacilityPollException(string.Create(
            CultureInfo.InvariantCulture,
            $"Facility {facility.Id}: file {fileId} was asked for {asked.Count} times within a day and never came whole, so it is left alone until {again.UtcDateTime:yyyy-MM-dd HH:mm} UTC. Ask the gateway's operator about it."));
    }

    public void Add(Facility facility, string fileId)
    {
        DateTimeOffset now = time.GetUtcNow();
        _counts.AddOrUpdate(
            (facility.Id, fileId),
            _ => (1, now),
            (_, asked) => asked.Since + _day <= now ? (1, now) : (asked.Count + 1, asked.Since));
        Clean(now);
    }

    public void Forget(Facility facility, string fileId) => _counts.TryRemove((facility.Id, fileId), out _);

    private void Clean(DateTimeOffset now)
    {
        if (now - _cleaned < _day) return;
        _cleaned = now;
        foreach ((var file, var asked) in _counts)
        {
            if (asked.Since + _day <= now) _counts.TryRemove(new(file, asked));
        }
    }
}
