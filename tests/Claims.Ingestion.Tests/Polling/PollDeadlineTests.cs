using Claims.Ingestion.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Polling;

public sealed class PollDeadlineTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PollDeadline _deadline;

    public PollDeadlineTests() => _deadline = new PollDeadline(10 * Second, _clock, _stop.Token);

    public void Dispose()
    {
        _deadline.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public void Token_AtTheTimeout_IsCancelled()
    {
        _clock.Advance(9 * Second);
        Assert.False(_deadline.HasPassed);

        _clock.Advance(Second);

        Assert.True(_deadline.HasPassed);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Token_CallerCancels_IsCancelledWithoutTheTimeout()
    {
        await _stop.CancelAsync();

        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.False(_deadline.HasPassed);
    }

    [Fact]
    public void Pause_WaitingTime_DoesNotCount()
    {
        _clock.Advance(6 * Second);
        _deadline.Pause();
        _clock.Advance(1000 * Second);
        _deadline.Resume();
        _clock.Advance(3 * Second);
        Assert.False(_deadline.HasPassed);

        _clock.Advance(Second);

        Assert.True(_deadline.HasPassed);
    }

    [Fact]
    public void Pause_Nested_RunsOnWhenTheLastResumes()
    {
        _deadline.Pause();
        _clock.Advance(20 * Second);
        _deadline.Pause();
        _deadline.Resume();
        _clock.Advance(20 * Second);
        Assert.False(_deadline.HasPassed);

        _deadline.Resume();
        _clock.Advance(10 * Second);

        Assert.True(_deadline.HasPassed);
    }

    [Fact]
    public void Pause_WhileWorkIsUnderWay_TimeCounts()
    {
        PollDeadline.Work work = _deadline.BeginWork();
        _deadline.Pause();
        _clock.Advance(9 * Second);
        work.Dispose();
        _clock.Advance(1000 * Second);
        Assert.False(_deadline.HasPassed);

        using PollDeadline.Work next = _deadline.BeginWork();
        _clock.Advance(Second);

        Assert.True(_deadline.HasPassed);
    }

    [Fact]
    public void Resume_AfterTheTimeoutPassed_StaysCancelled()
    {
        _clock.Advance(10 * Second);

        _deadline.Pause();
        _deadline.Resume();

        Assert.True(_deadline.HasPassed);
    }
}
