using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>What every store must do; each store runs all of it.</summary>
public abstract class ClaimStoreConformance
{
    protected abstract IClaimStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How many claims, activities, remitted claims and left-out claims are in the store.</summary>
    protected abstract Task<(long Claims, long Activities, long Remitted, long Errors)> CountAsync();

    [Fact]
    public async Task StoreAsync_SubmissionAndRemittance_KeepsAllAndTellsTheCounts()
    {
        SampleFile submission = Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 300m, 1, activities: [("A1", 100m), ("A2", 200m)]), Sample.Claim("C2", 5m, 2));
        SampleFile remittance = Sample.Remittance("r1", Sample.Day1.AddDays(1), Sample.Remitted("C1", activities: ("A1", 100m, 100m, null)));

        IReadOnlyList<FileFate> fates = await Store.StoreAsync([submission, remittance], Token);

        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(2, 3, 0, 0), null), fates[0]);
        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Remittance, new FileCounts(0, 0, 1, 0), null), fates[1]);
        Assert.Equal((2, 3, 1, 0), await CountAsync());
        IReadOnlyDictionary<string, FileFate> found = await Store.FindFatesAsync("DHA-F-0000001", ["s1", "r1", "unknown"], Token);
        Assert.Equal(2, found.Count);
        Assert.Equal(fates[0], found["s1"]);
        Assert.Equal(fates[1], found["r1"]);
    }

    [Fact]
    public async Task StoreAsync_SameFileAgain_ChangesNothingAndTellsTheSameFate()
    {
        FileFate first = (await Store.StoreAsync([Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 1m))], Token))[0];

        FileFate again = (await Store.StoreAsync([Sample.Submission("s1", Sample.Day1, Sample.Claim("C1", 1m))], Token))[0];

        Assert.Equal(first, again);
        Assert.Equal((1, 1, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_SameContentUnderAnotherId_IsSkippedWithTheOtherId()
    {
        SampleFile original = File("a", "same bytes");
        SampleFile copy = File("b", "same bytes");
        await Store.StoreAsync([original], Token);

        FileFate fate = (await Store.StoreAsync([copy], Token))[0];

        Assert.Equal(FileStatus.Skipped, fate.Status);
        Assert.Equal("same content as a", fate.Reason);
        Assert.Equal((1, 1, 0, 0), await CountAsync());
        Assert.Equal(FileStatus.Skipped, (await Store.FindFatesAsync("DHA-F-0000001", ["b"], Token))["b"].Status);
    }

    [Fact]
    public async Task StoreAsync_SameContentTwiceInOneBatch_IsStoredOnce()
    {
        IReadOnlyList<FileFate> fates = await Store.StoreAsync([File("a", "same bytes"), File("b", "same bytes")], Token);

        Assert.Equal([FileStatus.Stored, FileStatus.Skipped], fates.Select(f => f.Status));
        Assert.Equal((1, 1, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_SameContentAtAnotherFacility_IsStoredThereToo()
    {
        await Store.StoreAsync([File("a", "same bytes")], Token);

        FileFate fate = (await Store.StoreAsync([File("a", "same bytes", "DHA-F-0000002")], Token))[0];

        Assert.Equal(FileStatus.Stored, fate.Status);
        Assert.Equal((2, 2, 0, 0), await CountAsync());
    }

    [Theory]
    [InlineData(FileStatus.Quarantined, "not well-formed")]
    [InlineData(FileStatus.Skipped, "test file")]
    public async Task StoreAsync_FileThatIsNotStored_KeepsItsFateAndReason(FileStatus status, string reason)
    {
        var outcome = new ReadOutcome { Status = status, Reason = reason };

        FileFate fate = (await Store.StoreAsync([new SampleFile("q", outcome, [])], Token))[0];

        Assert.Equal(new FileFate(status, null, default, reason), fate);
        Assert.Equal(fate, (await Store.FindFatesAsync("DHA-F-0000001", ["q"], Token))["q"]);
        Assert.Equal((0, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_LargeFile_StoresEverySlice()
    {
        var slices = Enumerable.Range(0, 5)
            .Select(s => new ClaimSlice { Submitted = [.. Enumerable.Range(1, 10).Select(i => Sample.Claim($"C{s}-{i}", i, (s * 10) + i))] })
            .ToList();
        var file = new SampleFile("large", Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 50), slices, isLarge: true);

        FileFate fate = (await Store.StoreAsync([file], Token))[0];

        Assert.Equal(new FileCounts(50, 50, 0, 0), fate.Counts);
        Assert.Equal((50, 50, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_LargeFileThatTurnsOutBroken_IsQuarantinedWithoutAnyRow()
    {
        var slices = new[] { new ClaimSlice { Submitted = [Sample.Claim("C1", 1m)] } };
        var file = new SampleFile("broken", ReadOutcome.Quarantined("cut off at line 7"), slices, isLarge: true);

        FileFate fate = (await Store.StoreAsync([file], Token))[0];

        Assert.Equal(FileStatus.Quarantined, fate.Status);
        Assert.Equal("cut off at line 7", fate.Reason);
        Assert.Equal((0, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_ClaimsLeftOut_AreCountedAndKept()
    {
        var slice = new ClaimSlice { Submitted = [Sample.Claim("C1", 1m)], Errors = [new ClaimError(2, "C2", 40, "amount", "Net is not a number")] };

        FileFate fate = (await Store.StoreAsync([new SampleFile("s", Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 2), [slice])], Token))[0];

        Assert.Equal(new FileCounts(1, 1, 0, 1), fate.Counts);
        Assert.Equal((1, 1, 0, 1), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_ReadingFails_StoresNothingOfTheBatch()
    {
        var broken = new SampleFile("b", Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 1), [new ClaimSlice { Submitted = [Sample.Claim("C2", 1m)] }], isLarge: true)
        {
            Fault = new IOException("the disk is gone"),
        };

        await Assert.ThrowsAsync<IOException>(() => Store.StoreAsync([File("a", "a"), broken], Token));

        Assert.Equal((0, 0, 0, 0), await CountAsync());
        Assert.Empty(await Store.FindFatesAsync("DHA-F-0000001", ["a", "b"], Token));
    }

    [Fact]
    public async Task StoreAsync_Cancelled_StoresNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.StoreAsync([File("a", "a")], cancelled.Token));

        Assert.Equal((0, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_SameFilesFromManyHostsAtOnce_StoresEachOnce()
    {
        // Each host has the files in another order and half of them as copies under other ids.
        IEnumerable<Task<IReadOnlyList<FileFate>>> hosts = Enumerable.Range(0, 8).Select(host => Task.Run(() =>
        {
            SampleFile[] batch = [.. Enumerable.Range(0, 10).Select(i => File(i % 2 == 0 ? $"f{i}" : $"f{i}-{host}", $"content {i}"))];
            Random.Shared.Shuffle(batch);
            return Store.StoreAsync(batch, Token);
        }));

        IReadOnlyList<FileFate>[] fates = await Task.WhenAll(hosts).WaitAsync(TimeSpan.FromSeconds(60), Token);

        Assert.Equal((10, 10, 0, 0), await CountAsync());
        Assert.All(fates, fate => Assert.Equal(10, fate.Count));
    }

    [Fact]
    public async Task FindKeptAsync_File_TellsWhatIsKept()
    {
        var slice = new ClaimSlice { Submitted = [Sample.Claim("C1", 1m)], Errors = [new ClaimError(2, "C2", 40, "amount", "Net"), new ClaimError(3, null, 41, "date", "Start")] };
        await Store.StoreAsync([new SampleFile("s", Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 3), [slice]), new SampleFile("q", ReadOutcome.Quarantined("broken"), [], content: "<x")], Token);

        await using (KeptFile? stored = await Store.FindKeptAsync("DHA-F-0000001", "s", Token))
        {
            Assert.Equal(("s.xml", Sample.Day1, FileStatus.Stored), (stored!.Name, stored.ReceivedAt, stored.Fate.Status));
            Assert.Equal(slice.Errors, stored.LeftOut);
            Assert.Null(stored.Content);
            Assert.Empty(stored.Positions);
        }

        await using (KeptFile? quarantined = await Store.FindKeptAsync("DHA-F-0000001", "q", Token))
        {
            Assert.Equal("<x", await new StreamReader(quarantined!.Content!).ReadToEndAsync(Token));
            Assert.Empty(quarantined.Positions);
            Assert.Empty(quarantined.LeftOut);
        }

        Assert.Null(await Store.FindKeptAsync("DHA-F-0000001", "unknown", Token));
    }

    [Fact]
    public async Task ReplayAsync_LeftOutClaims_StoresThoseThatPassOnce()
    {
        var slice = new ClaimSlice { Submitted = [Sample.Claim("C1", 1m)], Errors = [new ClaimError(2, "C2", 40, "amount", "Net"), new ClaimError(3, null, 41, "date", "Start")] };
        ReadOutcome outcome = Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 3);
        await Store.StoreAsync([new SampleFile("s", outcome, [slice])], Token);
        var again = new ClaimSlice { Submitted = [Sample.Claim("C2", 1m, 2)], Errors = [new ClaimError(3, "C3", 1, "amount", "Gross")] };

        // The same by many hosts at once: whoever comes later finds it done.
        FileFate[] fates = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.ReplayAsync(new SampleFile("s", outcome, [again]), [2, 3], Token))));

        Assert.All(fates, fate => Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(2, 2, 0, 1), null), fate));
        Assert.Equal((2, 2, 0, 1), await CountAsync());
        await using KeptFile? kept = await Store.FindKeptAsync("DHA-F-0000001", "s", Token);
        Assert.Equal(fates[0], kept!.Fate);
        Assert.Equal(new ClaimError(3, null, 41, "amount", "Gross"), Assert.Single(kept.LeftOut));
    }

    [Fact]
    public async Task ReplayAsync_QuarantinedFile_IsStoredOrSkippedOnce()
    {
        await Store.StoreAsync([new SampleFile("q", ReadOutcome.Quarantined("broken"), [], content: "<x"), new SampleFile("r", ReadOutcome.Quarantined("broken"), [], content: "<x")], Token);

        FileFate still = await Store.ReplayAsync(new SampleFile("q", ReadOutcome.Quarantined("still broken"), [], content: "<x"), null, Token);
        FileFate stored = await Store.ReplayAsync(File("q", "whole"), null, Token);
        FileFate again = await Store.ReplayAsync(File("q", "whole"), null, Token);
        FileFate twin = await Store.ReplayAsync(File("r", "whole"), null, Token);

        Assert.Equal((FileStatus.Quarantined, "still broken"), (still.Status, still.Reason));
        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(1, 1, 0, 0), null), stored);
        Assert.Equal(stored, again);
        Assert.Equal((FileStatus.Skipped, "same content as q"), (twin.Status, twin.Reason));
        Assert.Equal((1, 1, 0, 0), await CountAsync());
        await using KeptFile? kept = await Store.FindKeptAsync("DHA-F-0000001", "q", Token);
        Assert.Null(kept!.Content);
    }

    [Fact]
    public async Task ReplayAsync_UnknownFile_IsRefused() =>
        Assert.False((await Assert.ThrowsAsync<ClaimStoreException>(() => Store.ReplayAsync(File("x", "x"), null, Token))).IsTransient);

    private static SampleFile File(string externalId, string content, string facilityId = "DHA-F-0000001") =>
        new(externalId, Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 1), [new ClaimSlice { Submitted = [Sample.Claim($"C-{content}", 1m)] }], content, facilityId);
}
