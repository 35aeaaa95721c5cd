namespace Claims.Ingestion.Pipeline;

/// <summary>
/// A bounded fair channel and the workers that empty it. A full channel makes its writers wait; nothing is dropped. A worker
/// that fails closes the channel, so that nobody waits for it for ever. One worker is kept free of large items, if there are two.
/// </summary>
/// <param name="capacity">How many items may wait.</param>
/// <param name="maxClaims">How much work may wait.</param>
/// <param name="workers">How many are worked on at once.</param>
/// <param name="meter">Measures it.</param>
/// <param name="onFault">Hears of a worker that failed.</param>
internal sealed class StageGroup<T>(int capacity, Func<long> maxClaims, int workers, StageMeter meter, Action<string, Exception> onFault)
{
    private readonly FairChannel<(T Item, long Since)> _channel = new(capacity, maxLarge: Math.Max(1, workers - 1), maxClaims);

    private Task _running = Task.CompletedTask;

    public string Name => meter.Stage;

    public int Waiting => _channel.Count;

    /// <summary>Whether what comes has to wait for room.</summary>
    public bool IsFull => _channel.IsFull;

    public Exception? Fault { get; private set; }

    public StageFlow Flow => new(Name, _channel.Count, _channel.Capacity, _channel.MostCount);

    /// <param name="facilityId">Whose item it is.</param>
    /// <param name="claims">How much work it is.</param>
    /// <param name="isLarge">Whether it may keep a worker busy for long.</param>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Ends the waiting for room.</param>
    public ValueTask WriteAsync(string facilityId, int claims, bool isLarge, T item, CancellationToken cancellationToken)
    {
        long since = meter.Now;
        ValueTask written = _channel.WriteAsync(facilityId, Math.Max(1, claims), isLarge, (item, since), cancellationToken);
        return written.IsCompletedSuccessfully ? written : WaitForRoomAsync(written, since);
    }

    /// <summary>Takes another item for a batch, when one is waiting and the turn is not a large one's.</summary>
    public bool TryTake(out T item)
    {
        bool isTaken = _channel.TryReadSmall(out (T Item, long Since) next);
        item = next.Item;
        if (isTaken) meter.Waited(next.Since);
        return isTaken;
    }

    public void Start(Func<T, CancellationToken, Task> work, Action<T> abandon, CancellationToken cancellationToken) =>
        _running = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(work, abandon, cancellationToken), CancellationToken.None)));

    /// <summary>Takes nothing new and ends when the workers have finished what is in the channel.</summary>
    public Task CompleteAsync()
    {
        _channel.Close();
        return _running;
    }

    private async ValueTask WaitForRoomAsync(ValueTask written, long since)
    {
        await written;
        meter.WaitedForRoom(since);
    }

    private async Task WorkAsync(Func<T, CancellationToken, Task> work, Action<T> abandon, CancellationToken cancellationToken)
    {
        try
        {
            while (await _channel.WaitToReadAsync(cancellationToken))
            {
                while (_channel.TryRead(out (T Item, long Since) next, out bool isLarge))
                {
                    meter.Waited(next.Since);
                    await WorkAsync(next.Item, isLarge);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: what is left in the channel is abandoned below.
        }
        catch (Exception exception)
        {
            Fault = exception;
            onFault(Name, exception);
        }
        finally
        {
            if (Fault is not null || cancellationToken.IsCancellationRequested)
            {
                _channel.Close(Fault);
                foreach ((T left, _) in _channel.TakeAll()) abandon(left);
            }
        }

        async Task WorkAsync(T item, bool isLarge)
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
            finally
            {
                if (isLarge) _channel.EndLarge();
            }
        }
    }
}
