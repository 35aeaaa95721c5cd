using System.Collections.Concurrent;

namespace Claims.Ingestion.Reading;

/// <summary>Keeps a few objects that each file needs, costs much to make and gets better by use.</summary>
/// <param name="create">Makes one, when none is spare.</param>
/// <param name="most">No more are kept.</param>
internal sealed class Spares<T>(Func<T> create, int most)
    where T : class
{
    private readonly ConcurrentQueue<T> _spares = new();

    public T Take() => _spares.TryDequeue(out var spare) ? spare : create();

    public void GiveBack(T spare)
    {
        if (_spares.Count < most)
            _spares.Enqueue(spare);
    }
}
