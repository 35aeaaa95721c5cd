namespace Claims.Ingestion.Dashboard.Live;

/// <summary>Somebody who looks, until it is disposed of.</summary>
internal sealed class Viewer(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
