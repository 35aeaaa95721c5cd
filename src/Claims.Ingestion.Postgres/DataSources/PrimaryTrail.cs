using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Where the primary was when, by this host's clock: so a replica's delay is known in time without comparing the clocks of servers, and an idle primary makes no replica look late.
/// </summary>
internal sealed class PrimaryTrail(TimeProvider time)
{
    private const int MostPlaces = 1000;

    private readonly Lock _lock = new();
    private readonly Queue<(long At, NpgsqlLogSequenceNumber Position)> _places = new();
    private NpgsqlLogSequenceNumber _last;

    /// <summary>Notes a place. One that the primary has not left yet needs no second note, and one before the last is the begin of another history.</summary>
    public void Add(NpgsqlLogSequenceNumber position)
    {
        lock (_lock)
        {
            if (position == _last) return;
            if (position < _last) _places.Clear();
            if (_places.Count == MostPlaces) _places.Dequeue();
            _places.Enqueue((time.GetTimestamp(), position));
            _last = position;
        }
    }

    /// <summary>How far a replica is behind.</summary>
    public (TimeSpan Time, long Bytes) LagOf(NpgsqlLogSequenceNumber position)
    {
        lock (_lock)
        {
            if (position >= _last) return (TimeSpan.Zero, 0);
            long since = _places.First(place => place.Position > position).At;
            return (time.GetElapsedTime(since), (long)((ulong)_last - (ulong)position));
        }
    }
}
