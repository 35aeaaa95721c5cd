using System.Threading.Channels;

namespace Claims.Ingestion.Pipeline;

/// <summary>
/// A bounded channel and the workers that empty it. A full channel makes its writers wait; nothing is dropped. A worker that
/// fails closes the channel, so that nobody waits for it for ever.
/// </summary>
internal sealed class StageGroup<T>(string name, int capacity, int workers, Action<string, Exception> onFault)
{
    private readonly Channel<T> _channel = Channel.CreateBounded<T>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = workers == 1 });

    private Task _running = Task.CompletedTask;

    public string Name => name;

    public int Waiting => _channel.Reader.Count;

    public Exception? Fault { get; private set; }

    public ValueTask WriteAsync(T item, CancellationToken cancellationToken) => _channel.Writer.WriteAsync(item, cancellationToken);

    /// <summary>Takes another item when one is waiting, for a batch.</summary>
    public bool TryTake(out T item) => _channel.Reader.TryRead(out item!);

    public void Start(Func<T, CancellationToken, Task> work, Action<T> abandon, CancellationToken cancellationToken) =>
        _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(work, abandon, cancellationToken), CancellationToken.None)));

    /// <summary>Takes nothing new and ends when the workers have finished what is in the channel.</summary>
    public Task CompleteAsync()
    {
        _channel.Writer.TryComplete();
        return _running;
    }

    private async Task WorkAsync(Func<T, CancellationToken, Task> work, Action<T> abandon, CancellationToken cancellationToken)
    {
        try
        {
            while (await _channel.Reader.WaitToReadAsync(cancellationToken))
            {
                while (_channel.Reader.TryRead(out T? item)) await WorkAsync(item);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: what is left in the channel is abandoned below.
        }
        catch (Exception exception)
        {
            Fault = exception;
            onFault(name, exception);
        }
        finally
        {
            if (Fault is not null || cancellationToken.IsCancellationRequested)
            {
                _channel.Writer.TryComplete(Fault);
                while (_channel.Reader.TryRead(out T? left)) abandon(left);
            }
        }

        async Task WorkAsync(T item)
        {
            try
            {
                await work(item, cancellationToken);
            }
            catch
            {
                abandon(item);
                throw;
            }
        }
    }
}
