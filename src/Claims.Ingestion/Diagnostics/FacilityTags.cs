using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Diagnostics;

/// <summary>Which facilities metrics tell apart: the first that come, up to the limit. So the number of time series has a bound, whatever is added to the directory.</summary>
internal sealed class FacilityTags(IOptions<TelemetryOptions> options)
{
    /// <summary>What the others are called together.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <returns>The facility's id, or <see cref="Other"/>. It stays the same for the life of the host.</returns>
    public string Of(string facilityId)
    {
        if (_known.TryGetValue(facilityId, out string? known)) return known;
        lock (_gate)
        {
            // Those beyond the limit are not remembered: there may be any number.
            return _known.Count < options.Value.MaxFacilities ? _known.GetOrAdd(facilityId, facilityId) : Other;
        }
    }
}
