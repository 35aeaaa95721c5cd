namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Holds whoever comes until it is opened.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One event for each that came.</summary>
    public Signal Reached { get; } = new();

    public void Open() => _opened.TrySetResult();

    public Task PassAsync(CancellationToken cancellationToken)
    {
        Reached.Set();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
