using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The connections of a role that somebody holds now: how many to each server, by whom, and for how long.</summary>
internal sealed class HeldConnections(TimeProvider time)
{
    private readonly ConcurrentDictionary<NpgsqlConnection, HeldConnection> _held = new(ReferenceEqualityComparer.Instance);

    public int Count => _held.Count;

    public int CountOn(string server) => _held.Values.Count(held => held.Server == server);

    /// <summary>Counts a connection until it is closed.</summary>
    /// <param name="connection">The open connection.</param>
    /// <param name="server">Where it leads.</param>
    /// <param name="opener">Who opened it.</param>
    /// <param name="onClosed">What is done when it is closed.</param>
    public void Add(NpgsqlConnection connection, string server, string opener, Action? onClosed)
    {
        _held[connection] = new HeldConnection(server, opener, time.GetTimestamp());
        connection.StateChange += OnChange;

        void OnChange(object sender, StateChangeEventArgs change)
        {
            if (change.CurrentState is not (ConnectionState.Closed or ConnectionState.Broken) || !_held.TryRemove(connection, out _)) return;
            connection.StateChange -= OnChange;
            onClosed?.Invoke();
        }
    }

    /// <summary>The connections that are held for longer than a time and were not reported yet.</summary>
    public IEnumerable<(HeldConnection Held, TimeSpan Age)> TakeOverdue(TimeSpan threshold)
    {
        foreach (HeldConnection held in _held.Values)
        {
            TimeSpan age = time.GetElapsedTime(held.OpenedAt);
            if (held.IsReported || age <= threshold) continue;
            held.IsReported = true;
            yield return (held, age);
        }
    }

    /// <summary>Says who holds the connections to a server, those with the most first.</summary>
    public string Describe(string server) => string.Join(", ", _held.Values
        .Where(held => held.Server == server)
        .GroupBy(held => held.Opener)
        .OrderByDescending(opened => opened.Count())
        .Select(opened => string.Create(CultureInfo.InvariantCulture, $"{opened.Key} {opened.Count()}, the oldest for {time.GetElapsedTime(opened.Min(held => held.OpenedAt)).TotalSeconds:0.#} s")));
}
