using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class IngestionPipelineTests
{
    private const string Xml = """
        <Claim.Submission><Header><SenderID>S</SenderID><ReceiverID>R</ReceiverID><TransactionDate>01/02/2026 10:00</TransactionDate><RecordCount>1</RecordCount><DispositionFlag>PRODUCTION</DispositionFlag></Header>
        <Claim><ID>C1</ID><PayerID>P</PayerID><ProviderID>F</ProviderID><EmiratesIDNumber>000-0000-0000000-0</EmiratesIDNumber><Gross>10</Gross><PatientShare>2</PatientShare><Net>8</Net>
        <Activity><ID>A1</ID><Start>01/02/2026 09:00</Start><Type>3</Type><Code>99213</Code><Quantity>1</Quantity><Net>8</Net></Activity></Claim></Claim.Submission>
        """;

    [Fact]
    public async Task Poll_FilesOfEachKind_HaveTheirFateAcknowledgedAfterTheCommit()
    {
        await using var kit = new Kit();
        kit.Poller.OnAcknowledge = async (file, fate, token) =>
        {
            var known = await kit.Store.Inner.FindFatesAsync("FAC-1", [file.ExternalId], token);
            Assert.Same(known[file.ExternalId], fate);
        };
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "good", FakeReader.Text("good", claims: 7));
        kit.Poller.Put(kit.Facility, "bad", FakeReader.Text("bad", claims: 2, status: "quarantined"));
        kit.Poller.Put(kit.Facility, "test", FakeReader.Text("test", status: "skipped"), tellsLength: false);
        kit.Poller.Put(kit.Facility, "xml", Xml);
        kit.Poller.Put(kit.Facility, "junk", "{}");

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((2, 2, 1, 0), (tally.Stored, tally.Quarantined, tally.Skipped, tally.Unfinished));
        Assert.Equal(new FileCounts(8, 1, 0, 0), tally.Counts);
        var fates = kit.Poller.Acknowledged.ToDictionary(a => a.Id, a => a.Fate);
        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(7, 0, 0, 0), null), fates["good"]);
        Assert.Equal(new FileFate(FileStatus.Quarantined, ClaimFileKind.Submission, default, "it says Quarantined"), fates["bad"]);
        Assert.Equal(new FileFate(FileStatus.Skipped, ClaimFileKind.Submission, default, "it says Skipped"), fates["test"]);
        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(1, 1, 0, 0), null), fates["xml"]);
        Assert.Equal("neither XML nor any other known format: it looks like JSON", fates["junk"].Reason);
        Assert.Equal(2, kit.Logged("FileQuarantined").Count);
        Assert.Equal("Skipped file test of facility FAC-1: it says Skipped", Assert.Single(kit.Logged("FileSkipped")).Message);
        Assert.Empty(kit.Logged("AcknowledgementFailed"));
    }

    [Fact]
    public async Task Poll_LargeFile_FlowsAloneInSlices()
    {
        await using var kit = new Kit(pipeline: options => options.SliceClaims = 10);
        var slices = new List<int>();
        kit.Store.OnStore = async (batch, token) =>
        {
            if (batch[0].File.ExternalId != "large") return;
            Assert.IsType<StreamedFile>(Assert.Single(batch));
            Assert.Null(batch[0].Outcome);
            await foreach (ClaimSlice slice in batch[0].ReadSlicesAsync(token)) slices.Add(slice.Submitted.Count);
            Assert.NotNull(batch[0].Outcome);
        };
        await kit.StartAsync();
        kit.PutMany(3);
        kit.Poller.Put(kit.Facility, "large", FakeReader.Text("large", claims: 35));
        kit.Poller.Put(kit.Facility, "whole", FakeReader.Text("whole", claims: 10));

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal([10, 10, 10, 5], slices);
        Assert.Equal((5, 48), (tally.Stored, tally.Counts.Claims));
    }

    [Fact]
    public async Task Poll_SmallFile_IsEncodedAsItIsRead_AndCanBeReadOnceMore()
    {
        await using var kit = new Kit();
        var encoded = new Dictionary<string, long?>();
        var slices = new List<int>();
        kit.Store.OnStore = async (batch, token) =>
        {
            foreach (ReadFile file in batch) encoded[file.File.ExternalId] = file.Encoded?.Length;
            if (batch.FirstOrDefault(file => file.File.ExternalId == "small") is not { } small) return;
            Assert.Equal(small.File.ExternalId, kit.Store.Encoded[small.Encoded!]);
            await foreach (ClaimSlice slice in small.ReadSlicesAsync(token)) slices.Add(slice.Submitted.Count);
        };
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "small", FakeReader.Text("small", claims: 120));
        kit.Poller.Put(kit.Facility, "empty", FakeReader.Text("empty", claims: 0));
        kit.Poller.Put(kit.Facility, "bad", FakeReader.Text("bad", claims: 60, status: "quarantined"));

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal([("bad", null), ("empty", 0), ("small", 1200L)], encoded.OrderBy(file => file.Key).Select(file => (file.Key, file.Value)));
        Assert.Equal([120], slices);
        Assert.Equal((2, 120, 1), (tally.Stored, tally.Counts.Claims, tally.Quarantined));
    }

    [Fact]
    public async Task Poll_FileThatTakesMuchMemoryOnceEncoded_FlowsInSlices()
    {
        await using var kit = new Kit();
        kit.Store.EncodedBytes = 1024 * 1024;
        var kinds = new Dictionary<string, Type>();
        kit.Store.OnStore = (batch, _) =>
        {
            foreach (ReadFile file in batch) kinds[file.File.ExternalId] = file.GetType();
            return Task.CompletedTask;
        };
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "16 MiB", FakeReader.Text("a", claims: 16));
        kit.Poller.Put(kit.Facility, "17 MiB", FakeReader.Text("b", claims: 17));

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((typeof(LoadedFile), typeof(StreamedFile)), (kinds["16 MiB"], kinds["17 MiB"]));
        Assert.Equal((2, 33), (tally.Stored, tally.Counts.Claims));
    }

    [Fact]
    public async Task Poll_LargeFileWithABadEnd_IsQuarantinedAndNothingOfItStored()
    {
        await using var kit = new Kit(pipeline: options => options.SliceClaims = 10);
        await kit.StartAsync();
        kit.Poller.Put(kit.Facility, "large", FakeReader.Text("large", claims: 35, status: "quarantined"));

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(1, tally.Quarantined);
        Assert.Empty(kit.Store.Inner.Submitted);
    }

    [Fact]
    public async Task Poll_AcknowledgementFails_NextPollTriesAgainWithoutFetching()
    {
        await using var kit = new Kit();
        bool fails = true;
        var tried = new Signal();
        kit.Poller.OnAcknowledge = (_, _, _) =>
        {
            tried.Set();
            return fails ? throw new InvalidOperationException("the source is busy") : Task.CompletedTask;
        };
        await kit.StartAsync();
        kit.PutMany(1);
        await kit.PollAsync();
        await tried.WaitAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.InFlight.Count == 0);
        Assert.Equal(
            "File f000 of facility FAC-1 is committed but its source did not take the acknowledgement; the next poll tries again: the source is busy",
            Assert.Single(kit.Logged("AcknowledgementFailed")).Message);

        fails = false;
        await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(("f000", FileStatus.Stored), kit.Poller.Acknowledged.Select(a => (a.Id, a.Fate.Status)).Single());
        Assert.Single(kit.Poller.Opened);
    }

    [Fact]
    public async Task Poll_SlowStore_DownloadsWait()
    {
        const int Budget = 4;
        await using var kit = new Kit(pipeline: options => options.MaxFilesInFlight = Budget);
        int most = 0;
        var gate = new Gate();
        var opened = new Signal();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        kit.Poller.OnOpen = (_, _, _) =>
        {
            most = Math.Max(most, kit.Pipeline.Budget.FilesInUse);
            opened.Set();
            return Task.CompletedTask;
        };
        await kit.StartAsync();
        kit.PutMany(40);
        var tally = new PollTally();
        Task poll = kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token);
        await opened.WaitAsync(Budget);
        await gate.Reached.WaitAsync();

        Assert.Equal(Budget, kit.Poller.Opened.Count);
        gate.Open();
        await poll.Soon();
        await tally.Completion.Soon();
        await kit.StopCleanAsync();

        Assert.Equal(40, tally.Stored);
        Assert.InRange(most, 1, Budget);
    }

    [Fact]
    public async Task Poll_FileBeyondTheSizeLimit_IsCutAndQuarantined()
    {
        await using var kit = new Kit();
        kit.Get<IOptions<ReadingOptions>>().Value.MaxFileBytes = 2000;
        kit.Poller.Put(kit.Facility, "huge", FakeReader.Text(new string('x', 3000)), tellsLength: false);
        await kit.StartAsync();

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(1, tally.Quarantined);
        Assert.Equal(
            "the file is larger than the limit of 2000 bytes; its first 2000 bytes are kept. Raise Claims:Reading:MaxFileBytes to accept it",
            Assert.Single(kit.Poller.Acknowledged).Fate.Reason);
    }

    [Fact]
    public async Task Poll_SmallFiles_AreBatchedUpToTheLimits()
    {
        await using var kit = new Kit(pipeline: options =>
        {
            options.BatchClaims = 4;
            options.MinBatchClaims = 1;
            options.BatchFiles = 3;
            options.Writers = 1;
        });
        await kit.StartAsync();
        kit.PutMany(50);

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal(50, tally.Stored);
        Assert.All(kit.Store.Tried, batch => Assert.InRange(batch.Length, 1, 3));
        Assert.DoesNotContain(kit.Log.GetSnapshot(), record => record.Level > LogLevel.Information);
    }
}
