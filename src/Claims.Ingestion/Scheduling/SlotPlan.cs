using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// Which facility is due when, as a queue in the order of time. A slot that comes late, because this host slept or was overloaded, or that was
/// missed before the start, is not run at once with all others: it is made up for later, or by the next slot.
/// </summary>
internal sealed class SlotPlan(IOptions<SchedulingOptions> options)
{
    private readonly PriorityQueue<Planned, DateTimeOffset> _queue = new();
    private Dictionary<string, FacilityEntry> _entries = new(StringComparer.Ordinal);
    private PollSchedule? _schedule;
    private DateTimeOffset? _taken;

    /// <summary>When the next facility is due.</summary>
    public DateTimeOffset? NextDue => _queue.TryPeek(out _, out DateTimeOffset due) ? due : null;

    /// <summary>How late a slot may be and still be run at once: more than a turn of the loop, less than a crowd of facilities.</summary>
    public TimeSpan Tolerance => TimeSpan.FromTicks(Math.Clamp(2 * options.Value.Stagger.Ticks, TimeSpan.TicksPerSecond, 10 * TimeSpan.TicksPerSecond));

    /// <summary>Plans anew for these facilities. Slots that have come since the last look are not forgotten, nor is what is to be made up for.</summary>
    /// <returns>Whether they are too many for the stagger.</returns>
    public bool Replan(IReadOnlyList<FacilityEntry> entries, DateTimeOffset now)
    {
        if (now < _taken)
        {
            _taken = now;
            foreach (FacilityEntry entry in entries) entry.PlannedFrom = now;
        }

        Planned[] catchUps = [.. _queue.UnorderedItems.Where(item => item.Element.IsCatchUp).Select(item => item.Element)];
        _entries = entries.ToDictionary(e => e.Facility.Id, StringComparer.Ordinal);
        _schedule = new PollSchedule(entries.Select(e => e.Facility), options.Value);
        _queue.Clear();
        foreach (FacilityEntry entry in entries) Plan(entry, entry.PlannedFrom ??= now);
        foreach (Planned catchUp in catchUps.Where(c => _entries.ContainsKey(c.FacilityId))) _queue.Enqueue(catchUp, catchUp.At);
        return _schedule.IsCrowded;
    }

    /// <summary>Takes every slot up to now, and plans the next of each facility.</summary>
    public IReadOnlyList<(FacilityEntry Entry, DateTimeOffset Slot, bool IsLate)> TakeDue(DateTimeOffset now)
    {
        // The clock was set back: what is planned lies too far ahead.
        if (now < _taken) Replan([.. _entries.Values], now);

        var due = new List<(FacilityEntry, DateTimeOffset, bool)>();
        while (_queue.TryPeek(out Planned planned, out DateTimeOffset at) && at <= now)
        {
            _queue.Dequeue();
            FacilityEntry entry = _entries[planned.FacilityId];
            Handed(entry, planned.Slot);
            due.Add((entry, planned.Slot, now - at > Tolerance));
            if (!planned.IsCatchUp) Plan(entry, now);
        }

        _taken = now;
        return due;
    }

    /// <summary>Makes up later for a slot that was missed, and for all that were missed after it, at once.</summary>
    /// <returns>Whether that is planned; otherwise the next slot comes soon enough.</returns>
    public bool CatchUp(FacilityEntry entry, DateTimeOffset missed, DateTimeOffset now)
    {
        FacilitySlots slots = _schedule!.SlotsOf(entry.Facility.Id);
        DateTimeOffset slot = LastUpTo(slots, missed.AddTicks(-1), now) ?? missed;
        Handed(entry, slot);
        if (slots.CatchUp(slot, now, options.Value.Strategy) is not { } at) return false;
        _queue.Enqueue(new Planned(entry.Facility.Id, slot, at, IsCatchUp: true), at);
        return true;
    }

    /// <summary>Finds the slots that passed while no host was there, by the slots that are known to be served.</summary>
    public (int Missed, int CatchUps) CatchUpAfterStart(IEnumerable<PollRecord> records, DateTimeOffset now)
    {
        int missed = 0;
        int catchUps = 0;
        foreach (PollRecord record in records)
        {
            if (record.Slot is not { } served || !_entries.TryGetValue(record.FacilityId, out FacilityEntry? entry)) continue;
            FacilitySlots slots = _schedule!.SlotsOf(record.FacilityId);

            // The served slot may have moved a little since.
            if (LastUpTo(slots, served, now) is not { } slot || slot - served < slots.Interval / 2) continue;
            missed++;
            if (CatchUp(entry, slot, now)) catchUps++;
        }

        return (missed, catchUps);
    }

    /// <summary>The last slot after a moment and up to now.</summary>
    private static DateTimeOffset? LastUpTo(FacilitySlots slots, DateTimeOffset after, DateTimeOffset now)
    {
        DateTimeOffset from = now - (2 * slots.Interval) - (slots.HasWindow ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        DateTimeOffset? last = null;
        for (DateTimeOffset slot = slots.NextAfter(after > from ? after : from); slot <= now; slot = slots.NextAfter(slot)) last = slot;
        return last;
    }

    /// <summary>When slots move, one that comes to lie before now is late, and one that moves a little is not run twice.</summary>
    private void Handed(FacilityEntry entry, DateTimeOffset slot) => entry.PlannedFrom = slot + (_schedule!.SlotsOf(entry.Facility.Id).Interval / 2);

    private void Plan(FacilityEntry entry, DateTimeOffset after)
    {
        DateTimeOffset slot = _schedule!.NextAfter(entry.Facility.Id, after);
        entry.NextSlot = slot;
        _queue.Enqueue(new Planned(entry.Facility.Id, slot, slot, IsCatchUp: false), slot);
    }

    /// <param name="FacilityId">The facility.</param>
    /// <param name="Slot">The slot.</param>
    /// <param name="At">When it is to be run.</param>
    /// <param name="IsCatchUp">Whether the slot was missed.</param>
    private readonly record struct Planned(string FacilityId, DateTimeOffset Slot, DateTimeOffset At, bool IsCatchUp);
}
