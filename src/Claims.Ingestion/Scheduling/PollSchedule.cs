using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// When each facility is due. A facility's slot depends on its id, the other ids, the interval and the stagger: it is the same on
/// every host and after every restart, and few facilities move when others come or go.
/// </summary>
internal sealed class PollSchedule
{
    private readonly Dictionary<string, TimeSpan> _offsets;
    private readonly TimeSpan _interval;

    public PollSchedule(IEnumerable<string> facilityIds, SchedulingOptions options)
    {
        _interval = options.Interval;
        string[] ids = [.. facilityIds.Distinct(StringComparer.Ordinal)];
        long fitting = options.Interval.Ticks / options.Stagger.Ticks;
        IsCrowded = options.Strategy == ScheduleStrategy.Staggered && ids.Length > fitting;
        int slots = (int)Math.Clamp(fitting, ids.Length, int.MaxValue);
        _offsets = options.Strategy == ScheduleStrategy.Concurrent
            ? ids.ToDictionary(id => id, _ => TimeSpan.Zero, StringComparer.Ordinal)
            : AssignSlots(ids, slots, options.Interval, IsCrowded ? TimeSpan.FromTicks(options.Interval.Ticks / slots) : options.Stagger);
    }

    /// <summary>Whether there are more facilities than slots of the chosen stagger, so that they stand closer together.</summary>
    public bool IsCrowded { get; }

    public TimeSpan OffsetOf(string facilityId) => _offsets[facilityId];

    /// <summary>The facility's first slot after a moment. Intervals are counted from year 1, so hosts agree on them.</summary>
    public DateTimeOffset NextAfter(string facilityId, DateTimeOffset moment)
    {
        long offset = _offsets[facilityId].Ticks;
        long cycle = (moment.UtcTicks - offset) / _interval.Ticks;
        return new DateTimeOffset(((cycle + 1) * _interval.Ticks) + offset, TimeSpan.Zero);
    }

    /// <summary>Each id asks for the slot that its hash names and takes the next free one: slots are unique and mostly stable.</summary>
    private static Dictionary<string, TimeSpan> AssignSlots(string[] ids, int slots, TimeSpan interval, TimeSpan stagger)
    {
        var offsets = new Dictionary<string, TimeSpan>(ids.Length, StringComparer.Ordinal);
        var taken = new HashSet<int>(ids.Length);
        foreach ((string id, ulong hash) in ids.Select(id => (id, Hash(id))).OrderBy(pair => pair.Item2).ThenBy(pair => pair.id, StringComparer.Ordinal))
        {
            int slot = (int)(hash % (ulong)slots);
            while (!taken.Add(slot)) slot = (slot + 1) % slots;
            offsets.Add(id, TimeSpan.FromTicks(stagger.Ticks * slot % interval.Ticks));
        }

        return offsets;
    }

    private static ulong Hash(string id) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}
