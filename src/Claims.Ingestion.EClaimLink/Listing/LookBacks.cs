using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>Remembers when each facility was last listed completely, to know when a search must look back.</summary>
internal sealed class LookBacks(IOptions<EClaimLinkOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _complete = new(StringComparer.Ordinal);

    /// <summary>Whether the facility was not listed in this process yet, or not for long.</summary>
    public bool IsDue(string facilityId) =>
        !_complete.TryGetValue(facilityId, out DateTimeOffset last) || time.GetUtcNow() - last >= options.Value.OutageAfter;

    /// <summary>From when on to search: the look-back, or the last complete listing when that is longer ago.</summary>
    public DateTimeOffset Start(string facilityId)
    {
        DateTimeOffset start = time.GetUtcNow() - options.Value.FirstLookBack;
        return _complete.TryGetValue(facilityId, out DateTimeOffset last) && last < start ? last : start;
    }

    public void Completed(string facilityId) => _complete[facilityId] = time.GetUtcNow();
}
