using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

/// <summary>Plug-ins that throw what they should not: others go on, and nothing is held for ever.</summary>
public sealed class PipelineFaultTests
{
    public static TheoryData<Type> OddExceptions => [typeof(NullReferenceException), typeof(OperationCanceledException), typeof(TaskCanceledException), typeof(InvalidCastException)];

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task Store_ThrowsOddly_LeavesTheFilesAndGoesOn(Type kind)
    {
        await using var kit = new Kit();
        bool throws = true;
        kit.Store.OnStore = (_, _) => throws ? throw Make(kind) : Task.CompletedTask;

        await LeavesThenStoresAsync(kit, () => throws = false);
    }

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task Store_ThrowsOddlyInQuarantine_LeavesTheFilesAndGoesOn(Type kind)
    {
        await using var kit = new Kit();
        bool throws = true;
        kit.Store.OnStore = (batch, _) => !throws
            ? Task.CompletedTask
            : throw (batch[0].Outcome?.Status == FileStatus.Quarantined ? Make(kind) : new ClaimStoreException("refused", isTransient: false));

        await LeavesThenStoresAsync(kit, () => throws = false);
    }

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task Reader_ThrowsOddly_LeavesTheFilesAndGoesOn(Type kind)
    {
        await using var kit = new Kit();
        bool throws = true;
        kit.Reader.OnRead = _ =>
        {
            if (throws) throw Make(kind);
        };

        await LeavesThenStoresAsync(kit, () => throws = false);
    }

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task Reader_ThrowsOddlyInASecondPass_LeavesTheFile(Type kind)
    {
        await using var kit = new Kit(pipeline: options => options.SliceClaims = 2);
        int passes = 0;
        kit.Reader.OnRead = _ =>
        {
            if (Interlocked.Increment(ref passes) == 2) throw Make(kind);
        };
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "large", FakeReader.Text("large", claims: 9));

        Assert.Equal(1, (await kit.PollAsync()).Unfinished);
        Assert.Equal(1, (await kit.PollAsync()).Stored);

        await kit.StopCleanAsync();
        Assert.Equal(9, kit.Store.Inner.Submitted.Count);
    }

    [Theory]
    [MemberData(nameof(OddExceptions))]
    public async Task Acknowledgement_ThrowsOddly_OthersAreAcknowledged(Type kind)
    {
        await using var kit = new Kit();
        kit.Poller.OnAcknowledge = (file, _, _) => file.ExternalId == "f002" ? throw Make(kind) : Task.CompletedTask;
        await kit.StartAsync();
        kit.PutMany(8);

        Assert.Equal(8, (await kit.PollAsync()).Stored);
        await kit.StopCleanAsync();

        Assert.Equal(7, kit.Poller.Acknowledged.Count);
        Assert.Single(kit.Logged("AcknowledgementFailed"));
    }

    [Fact]
    public async Task Stage_WorkerThrows_GivesUpEveryItemAndNobodyWaits()
    {
        var abandoned = new System.Collections.Concurrent.ConcurrentBag<int>();
        var faults = new System.Collections.Concurrent.ConcurrentBag<string>();
        var gate = new Gate();
        var stage = new StageGroup<int>(4, () => long.MaxValue, 1, Unmeasured.Stage("trial"), (name, exception) => faults.Add($"{name}: {exception.Message}"));
        stage.Start(
            async (item, token) =>
            {
                await gate.PassAsync(token);
                throw new InvalidOperationException($"item {item}");
            },
            abandoned.Add,
            Waiting.Token);
        for (int i = 0; i < 5; i++) await stage.WriteAsync("a", 1, isLarge: false, i, Waiting.Token).AsTask().Soon();
        Task blocked = stage.WriteAsync("a", 1, isLarge: false, 5, Waiting.Token).AsTask();

        gate.Open();

        await Record.ExceptionAsync(blocked.Soon);
        await Assert.ThrowsAnyAsync<Exception>(() => stage.WriteAsync("a", 1, isLarge: false, 6, Waiting.Token).AsTask().Soon());
        await stage.CompleteAsync().Soon();
        Assert.Equal(Enumerable.Range(0, blocked.IsFaulted ? 5 : 6), abandoned.Order());
        Assert.Equal("trial: item 0", Assert.Single(faults));
        Assert.Equal("item 0", stage.Fault?.Message);
    }

    private static async Task LeavesThenStoresAsync(Kit kit, Action repair)
    {
        await kit.StartAsync();
        kit.PutMany(10);
        PollTally first = await kit.PollAsync();
        Assert.Equal((0, 10), (first.Stored, first.Unfinished));
        kit.AssertFree();
        Assert.Equal((true, null), kit.Pipeline.State);

        repair();
        PollTally second = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((10, 0), (second.Stored, second.Unfinished));
        Assert.Equal(10, kit.Store.Inner.Submitted.Count);
        Assert.Equal(10, kit.Logged("FileLeft").Count);
        Assert.Empty(kit.Logged("StageFailed"));
    }

    private static Exception Make(Type kind) => (Exception)Activator.CreateInstance(kind, "odd")!;
}
