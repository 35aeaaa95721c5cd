using System.Diagnostics.CodeAnalysis;

namespace Claims.Ingestion.Pipeline;

/// <summary>Items of facilities that share by cost. Queues with one clock share together. Not thread-safe.</summary>
internal sealed class FairQueue<T>(FairClock clock)
{
    private readonly SortedSet<Ticket> _tickets = new(Comparer<Ticket>.Create((one, other) => one.Turn.CompareTo(other.Turn)));

    public FairClock Clock { get; } = clock;

    public int Count => _tickets.Count;

    /// <summary>The cost of all items together.</summary>
    public long Cost { get; private set; }

    public Ticket Enqueue(string facilityId, int cost, T item)
    {
        var ticket = new Ticket(Clock.Enter(facilityId, cost), cost, item);
        _tickets.Add(ticket);
        Cost += cost;
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
        if (!Leave(ticket)) return false;
        Clock.Serve(ticket.Turn);
        return true;
    }

    /// <summary>Removes an item that waits no more, without charging for it.</summary>
    public bool Remove(Ticket ticket)
    {
        if (!Leave(ticket)) return false;
        Clock.Withdraw(ticket.Turn);
        return true;
    }

    private bool Leave(Ticket ticket)
    {
        if (!_tickets.Remove(ticket)) return false;
        Cost -= ticket.Cost;
        return true;
    }

    internal sealed class Ticket(FairClock.Turn turn, int cost, T item)
    {
        public FairClock.Turn Turn { get; } = turn;

        public int Cost { get; } = cost;

        public T Item { get; } = item;
    }
}
