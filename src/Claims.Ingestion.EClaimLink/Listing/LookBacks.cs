using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>Remembers when each facility was last listed and which listed files are not acknowledged, to know how far back a search must reach.</summary>
internal sealed class LookBacks(IOptions<EClaimLinkOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Memory> _facilities = new(StringComparer.Ordinal);

    /// <summary>
    /// Begins a listing. It reaches over the whole look-back at the first one of this process, after an outage, while a file of the one before is not
    /// acknowledged, and now and then; else from shortly before the last complete listing on. After a long outage it reaches back to where that began.
    /// </summary>
    public LookBack Begin(string facilityId)
    {
        EClaimLinkOptions o = options.Value;
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset whole = now - o.FirstLookBack;
        Memory memory = _facilities.GetOrAdd(facilityId, static _ => new Memory());
        lock (memory)
        {
            // Of a listing that broke off, what it found stays open.
            memory.Open.UnionWith(memory.Found);
            memory.Found.Clear();
            bool isOpen = memory.Open.Count > 0;
            if (memory.ListedAt is not { } listedAt) return new LookBack(whole, now, IsWhole: true);
            DateTimeOffset recent = listedAt - o.SearchOverlap;
            bool isWhole = isOpen || now - listedAt >= o.OutageAfter || now - memory.WholeListedAt >= o.LookBackEvery;
            return new LookBack(!isWhole || recent < whole ? recent : whole, now, isWhole);
        }
    }

    public void Listed(string facilityId, string fileId) => Change(facilityId, memory => memory.Found.Add(fileId));

    public void Acknowledged(string facilityId, string fileId) => Change(facilityId, memory =>
    {
        memory.Found.Remove(fileId);
        memory.Open.Remove(fileId);
    });

    /// <summary>The facility was listed to the end: what waits there is what this listing found.</summary>
    public void Completed(string facilityId, LookBack lookBack) => Change(facilityId, memory =>
    {
        memory.Open.Clear();
        memory.ListedAt = lookBack.To;
        if (lookBack.IsWhole) memory.WholeListedAt = lookBack.To;
    });

    private void Change(string facilityId, Action<Memory> change)
    {
        if (!_facilities.TryGetValue(facilityId, out Memory? memory)) return;
        lock (memory) change(memory);
    }

    private sealed class Memory
    {
        public DateTimeOffset? ListedAt { get; set; }

        public DateTimeOffset WholeListedAt { get; set; }

        /// <summary>The files of the listing that is under way, or was the last, less those acknowledged.</summary>
        public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

        /// <summary>The files of listings before it that are not acknowledged.</summary>
        public HashSet<string> Open { get; } = new(StringComparer.Ordinal);
    }
}
