using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class BatchWriterTests
{
    private static readonly ClaimStoreException Away = new("the server is away", isTransient: true);

    [Fact]
    public async Task Store_AwayThenBack_StoresOnce()
    {
        await using var kit = new Kit();
        kit.Clock.SkipsDelays = true;
        int tries = 0;
        kit.Store.OnStore = (_, _) => Interlocked.Increment(ref tries) <= 3 ? throw Away : Task.CompletedTask;
        await kit.StartAsync();
        kit.PutMany(1);

        PollTally tally = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((1, 4), (tally.Stored, tries));
        Assert.Single(kit.Store.Inner.Submitted);
        Assert.Equal(
            [
                "The store did not take a batch of 1 files (attempt 1), trying again in 00:00:00.2000000: the server is away",
                "The store did not take a batch of 1 files (attempt 2), trying again in 00:00:00.4000000: the server is away",
                "The store did not take a batch of 1 files (attempt 3), trying again in 00:00:00.8000000: the server is away",
            ],
            kit.Logged("BatchRetried").Select(record => record.Message));
    }

    [Fact]
    public async Task Store_AwayLongerThanRetryFor_LeavesTheFilesForTheNextPoll()
    {
        await using var kit = new Kit();
        kit.Clock.SkipsDelays = true;
        bool isAway = true;
        kit.Store.OnStore = (_, _) => isAway ? throw Away : Task.CompletedTask;
        await kit.StartAsync();
        kit.PutMany(5);

        PollTally first = await kit.PollAsync();
        kit.AssertFree();
        isAway = false;
        PollTally second = await kit.PollAsync();
        await kit.StopCleanAsync();

        Assert.Equal((0, 5), (first.Stored, first.Unfinished));
        Assert.Equal((5, 0), (second.Stored, second.Unfinished));
        Assert.Equal(5, kit.Logged("FileLeft").Count);
        Assert.Equal(5, kit.Poller.Acknowledged.Count);
    }

    [Fact]
    public async Task Store_RetryForIsZero_TriesOnce()
    {
        await using var kit = new Kit(pipeline: options => options.RetryFor = TimeSpan.Zero);
        kit.Store.OnStore = (_, _) => throw Away;
        await kit.StartAsync();
        kit.PutMany(1);

        Assert.Equal(1, (await kit.PollAsync()).Unfinished);
        await kit.StopCleanAsync();

        Assert.Single(kit.Store.Tried);
    }

    [Fact]
    public async Task Store_RefusesOneFileOfABatch_QuarantinesOnlyThat()
    {
        await using var kit = new Kit(pipeline: options => options.Writers = 1);
        var gate = new Gate();
        bool isFirst = true;
        kit.Store.OnStore = async (batch, token) =>
        {
            if (isFirst)
            {
                isFirst = false;
                await gate.PassAsync(token);
            }

            if (batch.Any(f => f.File.ExternalId == "f003" && f.Outcome?.Status == FileStatus.Stored))
                throw new ClaimStoreException("a value does not fit", isTransient: false);
        };
        await kit.StartAsync();
        kit.PutMany(6);
        var tally = new PollTally();
        await kit.Poll.RunAsync(new(kit.Facility), tally, Waiting.Token).Soon();
        await gate.Reached.WaitAsync();
        await Waiting.UntilAsync(() => kit.Pipeline.Waiting.Reading == 0);
        gate.Open();

        await tally.Completion.Soon();
        await kit.StopCleanAsync();

        Assert.Equal((5, 1, 0), (tally.Stored, tally.Quarantined, tally.Unfinished));
        FileFate refused = kit.Poller.Acknowledged.Single(a => a.Id == "f003").Fate;
        Assert.Equal((FileStatus.Quarantined, "the store refused it: a value does not fit"), (refused.Status, refused.Reason));
        Assert.Equal(5, kit.Store.Inner.Submitted.Count);
    }

    [Fact]
    public async Task Store_SplitsABatch_KeepsTheOrderOfFates()
    {
        await using var kit = new Kit();
        kit.Store.OnStore = (batch, _) => batch.Count > 1 ? throw new ClaimStoreException("refused", isTransient: false) : Task.CompletedTask;
        var writer = kit.Get<BatchWriter>();

        var fates = await writer.WriteAsync([File("a", FileStatus.Stored), File("b", FileStatus.Skipped), File("c", FileStatus.Quarantined)], Waiting.Token);

        Assert.Equal([FileStatus.Stored, FileStatus.Skipped, FileStatus.Quarantined], fates.Select(f => f!.Status));
        Assert.Equal("The store refused a batch of 3 files; its halves are tried: refused", kit.Logged("BatchSplit")[0].Message);
    }

    [Fact]
    public async Task Store_RefusesEvenTheQuarantine_LeavesTheFile()
    {
        await using var kit = new Kit();
        kit.Store.OnStore = (_, _) => throw new ClaimStoreException("refused", isTransient: false);
        await kit.StartAsync();
        kit.PutMany(3);

        Assert.Equal(3, (await kit.PollAsync()).Unfinished);

        await kit.StopCleanAsync();
        Assert.Equal(3, kit.Logged("FileLeft").Count);
    }

    [Fact]
    public async Task Store_NamesRefusedClaims_StoresTheRestOfEachFile()
    {
        await using var kit = new Kit();
        kit.Store.OnStore = async (batch, token) =>
        {
            foreach (ReadFile file in batch)
            {
                await foreach (ClaimSlice slice in file.ReadSlicesAsync(token))
                {
                    if (slice.Submitted.FirstOrDefault(c => c.Position % 2 == 0) is { } refused)
                        throw new ClaimRefusedException("FAC-1", file.File.ExternalId, [new RefusedClaim(refused.Position, "it is even")]);
                }
            }
        };

        var fates = await kit.Get<BatchWriter>().WriteAsync([File("a", 4), File("b", 1), File("c", 3)], Waiting.Token);

        Assert.Equal([2, 0, 1], fates.Select(f => f!.Counts.LeftOut));
        Assert.Equal([2, 1, 2], fates.Select(f => f!.Counts.Claims));
        Assert.Equal(4, kit.Store.Tried.Count);
        Assert.All(kit.Store.Inner.Errors, e => Assert.Equal(("store", "it is even", e.Position * 10), (e.Rule, e.Reason, e.Line)));
        Assert.Equal(3, kit.Logged("ClaimsRefused").Count);
    }

    [Fact]
    public async Task Store_NamesTheSameClaimAgain_QuarantinesTheFile()
    {
        await using var kit = new Kit();
        kit.Store.OnStore = (batch, _) => batch.Any(f => f.File.ExternalId == "a" && f.Outcome!.Status == FileStatus.Stored)
            ? throw new ClaimRefusedException("FAC-1", "a", [new RefusedClaim(1, "no")])
            : Task.CompletedTask;

        var fates = await kit.Get<BatchWriter>().WriteAsync([File("a", 2), File("b", 2)], Waiting.Token);

        Assert.Equal([FileStatus.Quarantined, FileStatus.Stored], fates.Select(f => f!.Status));
        Assert.Equal("the store refused it: claim 1: no", fates[0]!.Reason);
    }

    private static LoadedFile File(string id, int claims) => new(
        File(id, FileStatus.Stored).File,
        new ReadOutcome { Status = FileStatus.Stored },
        new ClaimSlice
        {
            Submitted =
            [
                .. Enumerable.Range(1, claims).Select(i => new SubmittedClaim
                {
                    Position = i, Line = i * 10, Id = $"{id}{i}", PayerId = "p", ProviderId = "p", Gross = 1, PatientShare = 1, Net = 1, Diagnoses = [], Activities = [],
                }),
            ],
        });

    private static LoadedFile File(string id, FileStatus status) => new(
        new ClaimFile
        {
            FacilityId = "FAC-1",
            ExternalId = id,
            Name = id,
            ReceivedAt = default,
            Length = 0,
            ContentHash = System.Text.Encoding.UTF8.GetBytes(id),
            OpenRead = () => Stream.Null,
        },
        new ReadOutcome { Status = status },
        null);
}
