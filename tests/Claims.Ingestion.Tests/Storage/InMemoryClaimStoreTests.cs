using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Storage;

public sealed class InMemoryClaimStoreTests
{
    private readonly InMemoryClaimStore _store = new();

    [Fact]
    public async Task StoreAsync_SameFileAgain_KeepsItsFirstFate()
    {
        FileFate first = Assert.Single(await StoreAsync(File("a", "x")));

        FileFate again = Assert.Single(await StoreAsync(File("a", "other", FileStatus.Quarantined)));

        Assert.Same(first, again);
        Assert.Single(_store.Remitted);
    }

    [Fact]
    public async Task StoreAsync_SameContentOfAFacility_IsSkipped()
    {
        IReadOnlyList<FileFate> fates = await StoreAsync(File("a", "x"), File("b", "x"), File("a", "x", facility: "FAC-2"));

        Assert.Equal([FileStatus.Stored, FileStatus.Skipped, FileStatus.Stored], fates.Select(f => f.Status));
        Assert.Equal("same content as a", fates[1].Reason);
        Assert.Equal(2, _store.Remitted.Count);
    }

    [Fact]
    public async Task StoreAsync_ContentThatWasQuarantined_MayBeStoredLater()
    {
        IReadOnlyList<FileFate> fates = await StoreAsync(File("a", "x", FileStatus.Quarantined), File("b", "x"));

        Assert.Equal([FileStatus.Quarantined, FileStatus.Stored], fates.Select(f => f.Status));
        Assert.Equal("because", fates[0].Reason);
        Assert.Equal(new FileCounts(0, 0, 1, 1), fates[1].Counts);
        Assert.Equal("amount", Assert.Single(_store.Errors).Rule);
    }

    [Fact]
    public async Task FindFatesAsync_KnownAndUnknown_ReturnsTheKnown()
    {
        await StoreAsync(File("a", "x"));

        var found = await _store.FindFatesAsync("FAC-1", ["a", "b", "A"], Waiting.Token);

        Assert.Equal("a", Assert.Single(found).Key);
        Assert.Empty(await _store.FindFatesAsync("FAC-2", ["a"], Waiting.Token));
    }

    [Fact]
    public async Task StoreAsync_SameFilesFromManyTasks_StoresEachOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() =>
            StoreAsync([.. Enumerable.Range(0, 20).Select(i => File($"f{i}", $"x{i}"))]), Waiting.Token))).Soon();

        Assert.Equal(20, _store.Remitted.Count);
    }

    private static LoadedFile File(string id, string content, FileStatus status = FileStatus.Stored, string facility = "FAC-1")
    {
        var file = new ClaimFile
        {
            FacilityId = facility,
            ExternalId = id,
            Name = id,
            ReceivedAt = default,
            Length = 0,
            ContentHash = System.Text.Encoding.UTF8.GetBytes(content),
            OpenRead = () => Stream.Null,
        };
        var slice = new ClaimSlice
        {
            Remitted = [new RemittedClaim { Position = 1, Id = "1", ProviderId = "p", Activities = [] }],
            Errors = [new ClaimError(2, null, 9, "amount", "Net is no amount")],
        };
        return status == FileStatus.Stored
            ? new LoadedFile(file, new ReadOutcome { Status = status }, slice)
            : new LoadedFile(file, new ReadOutcome { Status = status, Reason = "because" }, null);
    }

    private Task<IReadOnlyList<FileFate>> StoreAsync(params IReadOnlyList<ReadFile> batch) => _store.StoreAsync(batch, Waiting.Token);
}
