using System.Diagnostics.CodeAnalysis;

namespace Claims.Ingestion.Pipeline;

/// <summary>Items of facilities that share by cost. Queues with one clock share together. Not thread-safe.</summary>
internal sealed class FairQueue<T>(FairClock clock)
{
    private readonly SortedSet<Ticket> _tickets = new(Comparer<Ticket>.Create((one, other) => one.Turn.CompareTo(other.Turn)));

    public FairClock Clock { get; } = clock;

    public int Count => _tickets.Count;

    public Ticket Enqueue(string facilityId, int cost, T item)
    {
        var ticket = new Ticket(Clock.Enter(facilityId, cost), item);
        _tickets.Add(ticket);
        return ticket;
    }

    /// <summary>Whose turn it is. Ask only when it could be served: when nobody waits, there is capacity to spare.</summary>
    public Ticket? Peek()
    {
        if (_tickets.Count == 0) Clock.EndBusyPeriod();
        return _tickets.Min;
    }

    public bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        Ticket? ticket = Peek();
        item = ticket is null ? default : ticket.Item;
        return ticket is not null && Take(ticket);
    }

    /// <summary>Serves a waiting item.</summary>
    public bool Take(Ticket ticket)
    {
        if (!_tickets.Remove(ticket)) return false;
        Clock.Serve(ticket.Turn);
        return true;
    }

    /// <summary>Removes an item that waits no more, without charging for it.</summary>
    public bool Remove(Ticket ticket)
    {
        if (!_tickets.Remove(ticket)) return false;
        Clock.Withdraw(ticket.Turn);
        return true;
    }

    internal sealed class Ticket(FairClock.Turn turn, T item)
    {
        public FairClock.Turn Turn { get; } = turn;

        public T Item { get; } = item;
    }
}
