using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

/// <summary>What one facility drops, however much it is, does not hold up the others.</summary>
public sealed class FairShareTests
{
    private static readonly Facility Other = new("FAC-2", "fake", "nowhere");

    private readonly SemaphoreSlim _permits = new(0);
    private readonly Signal _reached = new();

    [Fact]
    public async Task Flood_OfOneFacility_DoesNotDelayAnother()
    {
        const int Flood = 5000;
        await using Kit kit = await StartAsync(options =>
        {
            options.MaxFilesInFlight = 32;
            options.BatchFiles = 8;
            options.Writers = 1;
        });
        for (int i = 0; i < Flood; i++) kit.Poller.Put(kit.Facility, $"a{i}", FakeReader.Text($"a{i}"));
        kit.Poller.Put(Other, "b", FakeReader.Text("b"));
        (Task flooding, PollTally flood) = Poll(kit, kit.Facility);
        await _reached.WaitAsync();
        await StoreBatchAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.Budget is { FilesInUse: 32, Waiting: 3 });

        (Task polling, PollTally late) = Poll(kit, Other);
        await Waiting.UntilAsync(() => kit.Pipeline.Budget.Waiting == 4);
        int before = kit.Store.Tried.Count;
        while (!polling.IsCompleted)
        {
            await StoreBatchAsync();
            await Waiting.UntilAsync(() => polling.IsCompleted || kit.Pipeline.Budget.Waiting == 4);
        }

        while (!kit.Store.Tried.Any(batch => batch.Contains("b"))) await StoreBatchAsync();
        int batches = kit.Store.Tried.Count - before;
        _permits.Release(Flood);
        await late.Completion.Soon();
        await flooding.Soon();
        await flood.Completion.Soon();
        await kit.StopCleanAsync();

        // At most two until the budget has room, as a batch may be of one file and the flood came first; then one may be
        // complete, and the two readers may hold a file each.
        Assert.InRange(batches, 1, 5);
        Assert.Equal((Flood, 1), (flood.Stored, late.Stored));
    }

    [Fact]
    public async Task HugeFilesOfOneFacility_LeaveAWriterToTheOthers()
    {
        await using Kit kit = await StartAsync(options =>
        {
            options.SliceClaims = 10;
            options.BatchFiles = 2;
            options.Writers = 3;
        });
        var gate = new Gate();
        kit.Store.OnStore = (batch, token) => batch[0] is StreamedFile ? gate.PassAsync(token) : Task.CompletedTask;
        for (int i = 0; i < 20; i++) kit.Poller.Put(kit.Facility, $"huge{i}", FakeReader.Text($"huge{i}", claims: 35));
        for (int i = 0; i < 9; i++) kit.Poller.Put(Other, $"b{i}", FakeReader.Text($"b{i}"));
        (Task polling, PollTally huge) = Poll(kit, kit.Facility);
        await polling.Soon();
        await gate.Reached.WaitAsync(2);
        await Waiting.UntilAsync(() => kit.Pipeline.Waiting is { Reading: 0, Writing: 18 });

        (_, PollTally small) = Poll(kit, Other);
        await small.Completion.Soon();
        int hugeTried = kit.Store.Tried.Count(batch => batch[0].StartsWith("huge", StringComparison.Ordinal));
        gate.Open();
        await huge.Completion.Soon();
        await kit.StopCleanAsync();
        Assert.Equal((9, 2, 20), (small.Stored, hugeTried, huge.Stored));
    }

    [Fact]
    public async Task HugeFiles_OneWriter_AreStoredOneByOne()
    {
        await using var kit = new Kit(pipeline: options =>
        {
            options.SliceClaims = 10;
            options.Writers = 1;
        });
        await kit.StartAsync();
        for (int i = 0; i < 5; i++) kit.Poller.Put(kit.Facility, $"huge{i}", FakeReader.Text($"huge{i}", claims: 35));
        kit.PutMany(5);

        PollTally tally = await kit.PollAsync();

        await kit.StopCleanAsync();
        Assert.Equal(10, tally.Stored);
    }

    [Fact]
    public async Task Batches_FacilitiesWait_HoldFilesOfEach()
    {
        await using Kit kit = await StartAsync(options =>
        {
            options.BatchFiles = 9;
            options.Writers = 1;

            // One of several could keep a file for any time while the others pass it by.
            options.Readers = 1;
        });
        var third = new Facility("FAC-3", "fake", "nowhere");
        for (int i = 0; i < 60; i++) kit.Poller.Put(kit.Facility, $"a{i}", FakeReader.Text($"a{i}"));
        for (int i = 0; i < 6; i++) kit.Poller.Put(Other, $"b{i}", FakeReader.Text($"b{i}"));
        for (int i = 0; i < 6; i++) kit.Poller.Put(third, $"c{i}", FakeReader.Text($"c{i}"));
        foreach (Facility facility in new[] { kit.Facility, Other, third })
        {
            (Task polling, _) = Poll(kit, facility);
            await polling.Soon();
            if (facility == kit.Facility) await _reached.WaitAsync();
        }

        for (int i = 0; i < 5; i++)
        {
            // The next batch is taken when the queue is full again.
            await Waiting.UntilAsync(() => kit.Pipeline.Waiting.Writing == 9);
            await StoreBatchAsync();
        }

        string[][] tried = [.. kit.Store.Tried];
        _permits.Release(100);
        await kit.StopCleanAsync();
        string[] mixes = [.. tried.Select(batch => string.Concat(batch.Select(id => id[0]).Distinct().Order()))];
        Assert.Contains("abc", mixes);
        Assert.Equal(12, tried.Sum(batch => batch.Count(id => id[0] != 'a')));
    }

    [Fact]
    public async Task StopAsync_FacilitiesAndHugeFilesWait_LosesNoShare()
    {
        await using Kit kit = await StartAsync(options =>
        {
            options.SliceClaims = 10;
            options.MaxFilesInFlight = 12;
            options.BatchFiles = 2;
        });
        for (int i = 0; i < 30; i++) kit.Poller.Put(kit.Facility, $"a{i}", FakeReader.Text($"a{i}", claims: i % 2 == 0 ? 35 : 1));
        for (int i = 0; i < 30; i++) kit.Poller.Put(Other, $"b{i}", FakeReader.Text($"b{i}"));
        (Task Task, PollTally Tally)[] polls = [Poll(kit, kit.Facility), Poll(kit, Other)];
        await Waiting.UntilAsync(() => kit.Pipeline.Budget is { FilesInUse: 12, Waiting: > 2 });

        await kit.Pipeline.StopAsync(new CancellationToken(true)).Soon();

        foreach ((Task task, PollTally tally) in polls)
        {
            await task.Soon();
            await tally.Completion.Soon();
        }

        kit.AssertFree();
        Assert.Equal(0, kit.Pipeline.Budget.Waiting);
    }

    private static (Task Task, PollTally Tally) Poll(Kit kit, Facility facility)
    {
        var tally = new PollTally();
        return (kit.Poll.RunAsync(new(facility), tally, Waiting.Token), tally);
    }

    /// <summary>Starts the pipeline with a store that takes a batch for each permit.</summary>
    private async Task<Kit> StartAsync(Action<PipelineOptions> options)
    {
        var kit = new Kit(pipeline: options);
        kit.Store.OnStore = (_, token) =>
        {
            _reached.Set();
            return _permits.WaitAsync(token);
        };
        await kit.StartAsync();
        return kit;
    }

    /// <summary>Lets one batch be stored and waits for the next one.</summary>
    private async Task StoreBatchAsync()
    {
        _permits.Release();
        await _reached.WaitAsync();
    }
}
