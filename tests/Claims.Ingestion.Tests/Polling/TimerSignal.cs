using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Polling;

/// <summary>A fake clock that tells when somebody begins to wait on it.</summary>
internal sealed class TimerSignal : FakeTimeProvider
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waiting => _waiting.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waiting.TrySetResult();
        return timer;
    }
}
