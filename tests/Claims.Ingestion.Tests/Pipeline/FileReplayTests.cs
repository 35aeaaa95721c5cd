using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Claims.Ingestion.Tests.Reading;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FileReplayTests : IAsyncDisposable
{
    private const string Bad = "<Claim><ID>{0}</ID></Claim>";

    private readonly Kit _kit = new();

    private InMemoryClaimStore Store => _kit.Store.Inner;

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public async Task ReplayAsync_UnknownFile_Fails() =>
        Assert.Equal("facility FAC-1 has no file x in the ledger", (await FailsAsync("x")).Message);

    [Fact]
    public async Task ReplayAsync_NothingLeftOut_Fails()
    {
        await StoreAsync("a", ClaimXml.Submission(ClaimXml.Claim()));

        Assert.Equal("there is nothing to replay: the file is stored and no claim of it is left out", (await FailsAsync("a")).Message);
    }

    [Fact]
    public async Task ReplayAsync_ReaderThatKeepsNothing_NeedsACorrectedDocument()
    {
        var slice = new ClaimSlice { Errors = [new ClaimError(7, "C7", 1, "rule", "reason")] };
        await Store.StoreAsync([new LoadedFile(File("a", ""), new ReadOutcome { Status = FileStatus.Stored, Kind = ClaimFileKind.Submission }, slice)], Waiting.Token);

        Assert.StartsWith("nothing is kept of what was left out, so a corrected document is needed", (await FailsAsync("a")).Message, StringComparison.Ordinal);

        Assert.Equal(new FileCounts(1, 1, 0, 0), (await ReplayAsync("a", ClaimXml.Submission(ClaimXml.Claim("C7")))).Counts);
        Assert.Equal(7, Assert.Single(Store.Submitted).Position);
    }

    [Fact]
    public async Task ReplayAsync_CorrectedDocumentThatDoesNotMatch_Fails()
    {
        await StoreAsync("a", ClaimXml.Submission(Claim("C1"), ClaimXml.Claim("C2"), "<Claim/>"));

        Assert.Equal(
            "the corrected document holds 1 claims; 2 are left out and 2 of them kept", (await FailsAsync("a", ClaimXml.Submission(ClaimXml.Claim("C1")))).Message);
        Assert.Equal(
            "claim 1 of the corrected document has another id than the claim that was left out at position 1",
            (await FailsAsync("a", ClaimXml.Submission(ClaimXml.Claim("C9"), ClaimXml.Claim("C3")))).Message);
        Assert.Equal("the corrected document is a Remittance, the file is a Submission", (await FailsAsync("a", ClaimXml.Remittance())).Message);
        Assert.StartsWith("the corrected document cannot be stored: not well-formed XML", (await FailsAsync("a", "<a")).Message, StringComparison.Ordinal);
        Assert.Single(Store.Submitted);
        Assert.Equal(2, Store.Errors.Count);
    }

    [Fact]
    public async Task ReplayAsync_CorrectedDocument_StoresWhatPassesAndKeepsTheRest()
    {
        await StoreAsync("a", ClaimXml.Submission(Claim("C1"), ClaimXml.Claim("C2"), "\n<Claim/>"));

        FileFate fate = await ReplayAsync("a", ClaimXml.Submission(Claim("C1"), ClaimXml.Claim("C3")));

        Assert.Equal(new FileCounts(2, 2, 0, 1), fate.Counts);
        Assert.Equal([(2, "C2"), (3, "C3")], Store.Submitted.Select(c => (c.Position, c.Id)));
        await using KeptFile? kept = await Store.FindKeptAsync("FAC-1", "a", Waiting.Token);
        Assert.Equal([1], kept!.Positions);
        Assert.Equal("C1", Assert.Single(ReadBack.Of(((MemoryStream)kept.Content!).ToArray()).Errors).ClaimId);
    }

    [Fact]
    public async Task ReplayAsync_StoreRefusesAClaim_StoresTheOthers()
    {
        await StoreAsync("a", ClaimXml.Submission("<Claim/>", "<Claim/>", ClaimXml.Claim("C3")));
        _kit.Store.OnStore = async (batch, token) =>
        {
            await foreach (ClaimSlice slice in batch[0].ReadSlicesAsync(token))
            {
                if (slice.Submitted.Any(c => c.Id == "C2")) throw new ClaimRefusedException("FAC-1", "a", [new RefusedClaim(2, "no")]);
            }
        };

        FileFate fate = await ReplayAsync("a", ClaimXml.Submission(ClaimXml.Claim("C1"), ClaimXml.Claim("C2")));

        Assert.Equal(new FileCounts(2, 2, 0, 1), fate.Counts);
        Assert.Equal((2, 1, "store", "no"), Store.Errors.Select(e => (e.Position, e.Line, e.Rule, e.Reason)).Single());
    }

    [Fact]
    public async Task ReplayAsync_QuarantinedFile_TellsWhyItStillCannotBeStored()
    {
        await StoreAsync("a", "<Claim.Submission>");

        FileFate still = await _kit.Get<FileReplay>().ReplayAsync("FAC-1", "a", cancellationToken: Waiting.Token);
        FileFate fate = await ReplayAsync("a", ClaimXml.Submission(ClaimXml.Claim()));

        Assert.Equal((FileStatus.Quarantined, "not well-formed XML at line 1, column 19: the file ends before its elements are closed"), (still.Status, still.Reason));
        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(1, 1, 0, 0), null), fate);
    }

    private static string Claim(string id) => Bad.Replace("{0}", id, StringComparison.Ordinal);

    private static ClaimFile File(string id, string xml)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(xml);
        return new ClaimFile
        {
            FacilityId = "FAC-1",
            ExternalId = id,
            Name = id,
            ReceivedAt = default,
            Length = bytes.Length,
            ContentHash = SHA256.HashData(bytes),
            OpenRead = () => new MemoryStream(bytes),
        };
    }

    private Task StoreAsync(string id, string xml) =>
        Store.StoreAsync([_kit.Get<FileLoader>().Load(File(id, xml), isCut: false, Waiting.Token)], Waiting.Token);

    private Task<FileFate> ReplayAsync(string id, string xml) =>
        _kit.Get<FileReplay>().ReplayAsync("FAC-1", id, new MemoryStream(Encoding.UTF8.GetBytes(xml)), Waiting.Token);

    private Task<FileReplayException> FailsAsync(string id, string? corrected = null) =>
        Assert.ThrowsAsync<FileReplayException>(() => corrected is null ? _kit.Get<FileReplay>().ReplayAsync("FAC-1", id, cancellationToken: Waiting.Token) : ReplayAsync(id, corrected));
}
