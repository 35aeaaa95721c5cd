using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// When each facility is due. A facility's slot depends on its id, the other ids, the interval and the stagger, and on nothing else: it is
/// the same on every host and after every restart, and moves little, if at all, when other facilities come or go.
/// </summary>
internal sealed class PollSchedule
{
    private readonly Dictionary<string, FacilitySlots> _slots;

    public PollSchedule(IEnumerable<Facility> facilities, SchedulingOptions options)
    {
        Facility[] all = [.. facilities.DistinctBy(f => f.Id, StringComparer.Ordinal)];
        _slots = new Dictionary<string, FacilitySlots>(all.Length, StringComparer.Ordinal);
        foreach (IGrouping<TimeSpan, Facility> group in all.GroupBy(f => f.Interval ?? options.Interval)) Assign([.. group], group.Key, options);
    }

    /// <summary>Whether there are more facilities than slots of the chosen stagger, so that they stand closer together.</summary>
    public bool IsCrowded { get; private set; }

    public FacilitySlots SlotsOf(string facilityId) => _slots[facilityId];

    /// <summary>The facility's first slot after a moment.</summary>
    public DateTimeOffset NextAfter(string facilityId, DateTimeOffset moment) => _slots[facilityId].NextAfter(moment);

    private void Assign(Facility[] facilities, TimeSpan interval, SchedulingOptions options)
    {
        (Facility Facility, ulong Hash)[] byHash =
            [.. facilities.Select(f => (f, Hash(f.Id))).OrderBy(pair => pair.Item2).ThenBy(pair => pair.f.Id, StringComparer.Ordinal)];
        TimeSpan stagger = options.Stagger < interval ? options.Stagger : interval;
        int fitting = (int)Math.Min(interval.Ticks / stagger.Ticks, int.MaxValue);
        bool isStaggered = options.Strategy == ScheduleStrategy.Staggered;
        bool isCrowded = isStaggered && facilities.Length > fitting;
        IsCrowded |= isCrowded;
        var taken = new HashSet<int>(isStaggered && !isCrowded ? facilities.Length : 0);
        for (int rank = 0; rank < byHash.Length; rank++)
        {
            (Facility facility, ulong hash) = byHash[rank];
            TimeSpan offset = !isStaggered ? TimeSpan.Zero : isCrowded ? Spread(rank, byHash.Length, interval) : FreeSlot(hash, fitting, taken) * stagger;
            _slots.Add(facility.Id, new FacilitySlots(interval, offset, options.Jitter < interval ? options.Jitter : interval, hash, facility.Window));
        }
    }

    /// <summary>An id asks for the slot that its hash names and takes the next free one: slots are unique, and few move when an id comes or goes.</summary>
    private static int FreeSlot(ulong hash, int slots, HashSet<int> taken)
    {
        int slot = (int)(hash % (ulong)slots);
        while (!taken.Add(slot)) slot = (slot + 1) % slots;
        return slot;
    }

    /// <summary>Too many for the stagger: in the order of their hashes, at equal distances. When an id comes or goes, each of the others moves by less than one such distance.</summary>
    private static TimeSpan Spread(int rank, int count, TimeSpan interval) => TimeSpan.FromTicks(interval.Ticks / count * rank);

    private static ulong Hash(string id) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
