using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class PipelineStopTests
{
    [Fact]
    public async Task StopAsync_FilesInFlight_AreStoredAndAcknowledged()
    {
        await using var kit = new Kit();
        (Gate gate, PollTally tally) = await FillAsync(kit, 10);

        Task stop = kit.Pipeline.StopAsync(Waiting.Token);
        Assert.False(stop.IsCompleted);
        gate.Open();
        await stop.Soon();

        kit.AssertFree();
        Assert.Equal(10, tally.Stored);
        Assert.Equal(10, kit.Poller.Acknowledged.Count);
        Assert.Equal("Draining: 10 files in flight, at most 00:00:20", Assert.Single(kit.Logged("Draining")).Message);
        Assert.Empty(kit.Logged("DrainTimedOut"));
        Assert.Equal((false, null), kit.Pipeline.State);
    }

    [Fact]
    public async Task StopAsync_DrainTimeIsOver_AbandonsTheRest()
    {
        await using var kit = new Kit(pipeline: options => options.Writers = 1);
        (_, PollTally tally) = await FillAsync(kit, 10);
        Task stop = kit.Pipeline.StopAsync(Waiting.Token);

        kit.Clock.Advance(TimeSpan.FromSeconds(20));
        await stop.Soon();

        await tally.Completion.Soon();
        kit.AssertFree();
        Assert.Equal((0, 10), (tally.Stored, tally.Unfinished));
        Assert.Equal("The drain time is over; 10 files are left for the next start", Assert.Single(kit.Logged("DrainTimedOut")).Message);
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level >= LogLevel.Error);
        Assert.Empty(kit.Poller.Acknowledged);
    }

    [Fact]
    public async Task StopAsync_HostHasNoMoreTime_AbandonsTheRest()
    {
        await using var kit = new Kit();
        (_, PollTally tally) = await FillAsync(kit, 10);

        await kit.Pipeline.StopAsync(new CancellationToken(true)).Soon();

        await tally.Completion.Soon();
        kit.AssertFree();
    }

    [Fact]
    public async Task StopAsync_SmallChannelsFull_AbandonsWithoutErrors()
    {
        await using var kit = new Kit(pipeline: options =>
        {
            options.BatchFiles = 1;
            options.Writers = 1;
            options.Readers = 8;
        });
        (_, PollTally tally) = await FillAsync(kit, 40);
        Task stop = kit.Pipeline.StopAsync(Waiting.Token);
        kit.Clock.Advance(TimeSpan.FromSeconds(20));

        await stop.Soon();

        await tally.Completion.Soon();
        Assert.Equal(40, tally.Unfinished);
        kit.AssertFree();
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task StopAsync_StoreIgnoresItsCancellation_EndsAllTheSame()
    {
        await using var kit = new Kit();
        var gate = new Gate();
        kit.Store.OnStore = (_, _) => gate.PassAsync(CancellationToken.None);
        await kit.StartAsync();
        kit.PutMany(1);
        var tally = new PollTally();
        await kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token).Soon();
        await gate.Reached.WaitAsync();
        Task stop = kit.Pipeline.StopAsync(new CancellationToken(true));
        await kit.Clock.Delays.WaitAsync();

        kit.Clock.Advance(IngestionPipeline.AbandonTime);

        await stop.Soon();
        gate.Open();
        await tally.Completion.Soon();
        await Waiting.UntilAsync(() => kit.Pipeline.InFlight.Count == 0);
        kit.AssertFree();
    }

    [Fact]
    public async Task StopAsync_AcknowledgementsHang_AbandonsThem()
    {
        await using var kit = new Kit(pipeline: options => options.AcknowledgersPerFacility = 1);
        var gate = new Gate();
        kit.Poller.OnAcknowledge = (_, _, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(10);
        PollTally tally = await kit.PollAsync();
        await gate.Reached.WaitAsync();

        await kit.Pipeline.StopAsync(new CancellationToken(true)).Soon();

        Assert.Equal(10, tally.Stored);
        kit.AssertFree();
        Assert.Empty(kit.Logged("AcknowledgementFailed"));
    }

    [Fact]
    public async Task StopAsync_BudgetIsFullAndPollsWait_NobodyHangs()
    {
        await using var kit = new Kit(pipeline: options => options.MaxFilesInFlight = 2);
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(20);
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await gate.Reached.WaitAsync();

        await kit.Pipeline.StopAsync(new CancellationToken(true)).Soon();

        await poll.Soon();
        await tally.Completion.Soon();
        Assert.Equal(0, tally.Stored);
        kit.AssertFree();
    }

    [Fact]
    public async Task StopAsync_Again_WaitsForTheFirst()
    {
        await using var kit = new Kit();
        (Gate gate, _) = await FillAsync(kit, 1);
        Task first = kit.Pipeline.StopAsync(Waiting.Token);
        Task dispose = kit.Pipeline.DisposeAsync().AsTask();
        Assert.False(dispose.IsCompleted);

        gate.Open();

        await first.Soon();
        await dispose.Soon();
        await kit.Pipeline.StopAsync(Waiting.Token).Soon();
    }

    [Fact]
    public async Task StartAsync_Twice_StartsOnce()
    {
        await using var kit = new Kit(pipeline: options => options.Writers = 1);
        await kit.StartAsync();
        await kit.StartAsync();
        kit.PutMany(5);

        Assert.Equal(5, (await kit.PollAsync()).Stored);
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task StopAsync_NeverStarted_Ends()
    {
        await using var kit = new Kit();

        await kit.Pipeline.StopAsync(Waiting.Token).Soon();

        Assert.Equal((false, null), kit.Pipeline.State);
    }

    [Fact]
    public async Task StartStop_ManyTimesAtOddMoments_NeverHangsAndNeverLosesAShare()
    {
        for (int round = 0; round < 40; round++)
        {
            await using var kit = new Kit(pipeline: options =>
            {
                options.MaxFilesInFlight = 3;
                options.BatchFiles = 1;
            });
            await kit.StartAsync();
            kit.PutMany(30);
            int stopAfter = round;
            var moment = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            kit.Store.OnStore = (_, _) =>
            {
                if (Interlocked.Decrement(ref stopAfter) <= 0) moment.TrySetResult();
                return Task.CompletedTask;
            };
            var tally = new PollTally();
            Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
            await Task.WhenAny(moment.Task, poll).Soon();

            await kit.Pipeline.StopAsync(round % 2 == 0 ? Waiting.Token : new CancellationToken(true)).Soon();

            await poll.Soon();
            await tally.Completion.Soon();
            kit.AssertFree();
            Assert.Equal(30, tally.Stored + tally.Unfinished);
            Assert.Empty(kit.Logged("StageFailed"));
        }
    }

    /// <summary>Starts the pipeline with a store that holds whatever comes.</summary>
    private static async Task<(Gate Gate, PollTally Tally)> FillAsync(Kit kit, int files)
    {
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(files);
        var tally = new PollTally();
        await kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token).Soon();
        await gate.Reached.WaitAsync();
        return (gate, tally);
    }
}
