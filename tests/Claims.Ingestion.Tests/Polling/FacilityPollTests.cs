using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Polling;

public sealed class FacilityPollTests
{
    [Fact]
    public async Task RunAsync_FileThatTheLedgerKnows_IsAcknowledgedAndNotFetched()
    {
        await using var kit = new Kit();
        kit.PutMany(2);
        await kit.Store.Inner.StoreAsync([Stored("f000")], Waiting.Token);
        await kit.StartAsync();

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(["f001"], kit.Poller.Opened);
        Assert.Equal(["f000", "f001"], kit.Poller.Acknowledged.Select(a => a.Id).Order(StringComparer.Ordinal));
        Assert.Equal(FileStatus.Stored, kit.Poller.Acknowledged.Single(a => a.Id == "f000").Fate.Status);
        Assert.Equal(1, tally.Stored);
    }

    [Fact]
    public async Task RunAsync_FileInFlight_IsNotFetchedAgain()
    {
        await using var kit = new Kit();
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(1);
        var first = new PollTally();
        await kit.Poll.RunAsync(new(kit.Facility), first, Waiting.Token).Soon();
        await gate.Reached.WaitAsync();

        PollTally second = await kit.PollAsync();

        Assert.Equal((0, 0), (second.Stored, second.Unfinished));
        gate.Open();
        await first.Completion.Soon();
        await kit.StopCleanAsync();
        Assert.Single(kit.Poller.Opened);
        Assert.Single(kit.Store.Inner.Submitted);
    }

    [Fact]
    public async Task RunAsync_FileVanished_IsNoFailure()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "gone", content: null);
        kit.PutMany(1);

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((1, 0), (tally.Stored, tally.Unfinished));
        Assert.Single(kit.Logged("FileNotReady"));
        Assert.Empty(kit.Logged("DownloadFailed"));
    }

    [Theory]
    [InlineData(typeof(FacilityPollException))]
    [InlineData(typeof(NullReferenceException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(IOException))]
    public async Task RunAsync_OneDownloadFails_OthersAreStored(Type kind)
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        kit.PutMany(20);
        kit.Poller.OnOpen = (_, file, _) => file.ExternalId == "f007" ? throw Make(kind) : Task.CompletedTask;

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((19, 1), (tally.Stored, tally.Unfinished));
        Assert.Equal("File f007 of facility FAC-1 could not be fetched; the next poll tries again: odd", Assert.Single(kit.Logged("DownloadFailed")).Message);
    }

    [Fact]
    public async Task RunAsync_MoreFilesThanOneLookUp_FetchesEachOnce()
    {
        await using var kit = new Kit(polling: options => options.DownloadsPerFacility = 8);
        await kit.StartAsync();
        kit.PutMany(450);

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(450, tally.Stored);
        Assert.Equal(450, kit.Poller.Opened.Distinct().Count());
        Assert.Equal(450, kit.Store.Inner.Submitted.Count);
    }

    [Fact]
    public async Task RunAsync_UnknownPollerKind_SaysWhatIsMissing()
    {
        await using var kit = new Kit();
        var tally = new PollTally();

        var exception = await Assert.ThrowsAsync<FacilityPollException>(
            () => kit.Poll.RunAsync(new(new Facility("FAC-7", "telex", "x")), tally, Waiting.Token));

        Assert.Equal("Facility FAC-7 asks for the poller 'telex', which is not registered.", exception.Message);
        await tally.Completion.Soon();
    }

    [Fact]
    public async Task RunAsync_ListingHangs_EndsWithTheTimeoutText()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        var gate = new Gate();
        kit.Poller.OnList = (_, token) => gate.PassAsync(token);
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await gate.Reached.WaitAsync();

        kit.Clock.Advance(TimeSpan.FromMinutes(5));

        var exception = await Assert.ThrowsAsync<FacilityPollException>(poll.Soon);
        Assert.Equal(
            "The poll of facility FAC-1 took longer than 00:05:00; the next poll goes on. Raise Claims:Scheduling:PollTimeout, or the facility's own, if its files need more time.",
            exception.Message);
        await tally.Completion.Soon();
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task RunAsync_DownloadHangsWithTheWholeBudget_TimesOutThoughOthersWait()
    {
        await using var kit = new Kit(pipeline: options => options.MaxFilesInFlight = 1);
        await kit.StartAsync();
        kit.PutMany(3);
        var gate = new Gate();
        kit.Poller.OnOpen = (_, _, token) => gate.PassAsync(token);
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await gate.Reached.WaitAsync();

        kit.Clock.Advance(TimeSpan.FromMinutes(5));

        await Assert.ThrowsAsync<FacilityPollException>(poll.Soon);
        await tally.Completion.Soon();
        Assert.Equal(0, tally.Stored);
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task RunAsync_StoreHoldsTheBudget_WaitingDoesNotCount()
    {
        await using var kit = new Kit(pipeline: options => options.MaxFilesInFlight = 1);
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(2);
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await gate.Reached.WaitAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.Budget.Waiting == 1);

        kit.Clock.Advance(TimeSpan.FromSeconds(200));
        kit.Clock.Advance(TimeSpan.FromHours(1));
        gate.Open();

        await poll.Soon();
        await tally.Completion.Soon();
        Assert.Equal(2, tally.Stored);
        await kit.StopCleanAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_Cancelled_LeavesNothingBehind(bool whileDownloading)
    {
        await using var kit = new Kit(pipeline: options => options.MaxFilesInFlight = 2);
        var gate = new Gate();
        if (whileDownloading) kit.Poller.OnOpen = (_, _, token) => gate.PassAsync(token);
        else kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        await kit.StartAsync();
        kit.PutMany(10);
        using var cancel = new CancellationTokenSource();
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, cancel.Token);
        await gate.Reached.WaitAsync();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(poll.Soon);
        gate.Open();

        await tally.Completion.Soon();
        await kit.StopCleanAsync();
        Assert.Empty(kit.Logged("DownloadFailed"));
    }

    [Fact]
    public async Task RunAsync_LookUpFails_FailsThePollAndLeavesNothing()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        kit.PutMany(3);
        kit.Store.OnFind = _ => throw new ClaimStoreException("away", isTransient: true);
        var tally = new PollTally();

        await Assert.ThrowsAsync<ClaimStoreException>(() => kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token));

        await tally.Completion.Soon();
        await kit.StopCleanAsync();
    }

    [Fact]
    public async Task RunAsync_PipelineHasStopped_LeavesNothing()
    {
        await using var kit = new Kit();
        await kit.StartAsync();
        await kit.StopCleanAsync();
        kit.PutMany(3);
        await kit.Store.Inner.StoreAsync([Stored("f001")], Waiting.Token);
        var tally = new PollTally();

        await Record.ExceptionAsync(() => kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token).Soon());

        await tally.Completion.Soon();
        kit.AssertFree();
        Assert.Empty(kit.Poller.Acknowledged);
    }

    private static Exception Make(Type kind) => (Exception)Activator.CreateInstance(kind, kind == typeof(FacilityPollException) ? ["odd", null] : ["odd"])!;

    private static LoadedFile Stored(string id) => new(
        new ClaimFile
        {
            FacilityId = "FAC-1",
            ExternalId = id,
            Name = id,
            ReceivedAt = default,
            Length = 0,
            ContentHash = new byte[32],
            OpenRead = () => Stream.Null,
        },
        new ReadOutcome { Status = FileStatus.Stored },
        null);
}
