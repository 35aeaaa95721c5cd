using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using CsCheck;

namespace Claims.Ingestion.Tests.Reading;

public class EClaimLinkExcerptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Cut_AnyClaimsOfARandomFile_ReadBackAsTheyAre() =>
        Gen.Select(Gen.Int, Gen.Int[0, 15], Gen.Bool).Sample(
            (seed, picked, isZipped) =>
            {
                var written = new RandomFile(seed);
                var bytes = written.Write();
                var file = isZipped ? ReadBack.Of(new ClaimFileReaders([new EClaimLinkReader()], Microsoft.Extensions.Options.Options.Create(new ReadingOptions())).Open(() => new MemoryStream(Wrap.Gzip(bytes)))) : ReadBack.Of(bytes);
                int[] positions = [.. written.Claims.Select(c => c.Position).Where(p => (picked & (1 << p)) != 0)];

                var kept = file.Excerpt!.Cut(positions, positions.Length, Token)!;

                Assert.Equal(positions, kept.Positions);
                AssertHolds(kept, written.Claims.Where(c => positions.Contains(c.Position)));
            },
            iter: 300);

    [Fact]
    public void Cut_ClaimsThatTheReaderLeftOut_ReadBackAsTheyAre() =>
        Gen.Int.Sample(
            seed =>
            {
                var written = new RandomFile(seed);
                var file = ReadBack.Of(written.Write(), new ReadingOptions { MaxTextLength = 4, MaxIdentifierLength = 14 });
                int[] positions = [.. file.Errors.Select(e => e.Position)];

                var kept = file.Excerpt?.Cut(positions, positions.Length, Token);

                if (kept is not null)
                    AssertHolds(kept, written.Claims.Where(c => positions.Contains(c.Position)));
                else
                    Assert.Equal(FileStatus.Quarantined, file.Outcome.Status);
            },
            iter: 300);

    [Fact]
    public void Cut_File_KeepsTheTextAsItIs()
    {
        var xml = ClaimXml.Root("Claim.Submission", "<!-- c -->\r\n" + ClaimXml.Claim("C1") + "<Claim a='>'><ID>C\0\u00e9</ID></Claim\r>" + "<Claim/>" + ClaimXml.Header() + ClaimXml.Claim("C4"))
            .Replace("<Claim.Submission>", "<?xml version='1.0'?>\n<Claim.Submission\n x='\">\"'>", StringComparison.Ordinal);
        var file = ReadBack.Of(xml);
        Assert.Equal([2, 3], file.Errors.Select(e => e.Position));

        var kept = file.Excerpt!.Cut([2, 3], 2, Token)!;

        Assert.Equal(
            "<Claim.Submission\n x='\">\"'>\n" + ClaimXml.Header() + "\n<Claim a='>'><ID>C\0\u00e9</ID></Claim\r>\n<Claim/>\n</Claim.Submission>\n",
            Encoding.UTF8.GetString(kept.Content));
    }

    [Fact]
    public void Cut_MoreThanIsKept_SaysHowManyAreMissing()
    {
        string Large(string id, int mebibytes) => $"<Claim><ID>{id}</ID><Other>{new string('x', mebibytes * 1024 * 1024)}</Other></Claim>";
        var file = ReadBack.Of(ClaimXml.Submission(Large("C1", 17), Large("C2", 12), Large("C3", 4), "<Claim/>"));

        var kept = file.Excerpt!.Cut([1, 2, 3, 4], 4, Token)!;

        Assert.Equal([2, 4], kept.Positions);
        Assert.InRange(kept.Content.Length, 12 * 1024 * 1024, ClaimExcerpt.MaxBytes);
        Assert.EndsWith(
            "<Claim/>\n<!-- 2 more claims were left out and are not kept; claims.claim_error names them. -->\n</Claim.Submission>\n",
            Encoding.UTF8.GetString(kept.Content.AsSpan(kept.Content.Length - 200)),
            StringComparison.Ordinal);
        Assert.Equal(["C2", null], ReadBack.Of(kept.Content).Errors.Select(e => e.ClaimId));
    }

    [Fact]
    public void Cut_FileThatIsNotTheSameAnyMore_KeepsNothing()
    {
        var content = ClaimXml.Submission("\n" + ClaimXml.Claim(), "<Claim/>");
        using var reading = new EClaimLinkReader().Read(() => new MemoryStream(Encoding.UTF8.GetBytes(content)), new ReadingOptions());
        var file = ReadBack.Of(reading);
        content = ClaimXml.Submission("");

        Assert.Null(file.Excerpt!.Cut([2], 1, Token));
        Assert.Null(file.Excerpt!.Cut([1], 1, Token));
    }

    private static void AssertHolds(KeptClaims kept, IEnumerable<SubmittedClaim> claims)
    {
        var read = ReadBack.Of(kept.Content);
        Assert.Empty(read.Errors);
        Assert.Equal(ReadBack.Describe(claims), ReadBack.Describe(read.Submitted.Select(c => c.At(kept.Positions[c.Position - 1]))));
    }
}
