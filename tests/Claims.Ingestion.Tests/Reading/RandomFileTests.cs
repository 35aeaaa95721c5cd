using System.Text;
using Claims.Ingestion.Storage;
using CsCheck;

namespace Claims.Ingestion.Tests.Reading;

public class RandomFileTests
{
    [Fact]
    public void Read_RandomClaimsWrittenAnyWay_ReadBackEqual() =>
        Gen.Int.Sample(
            seed =>
            {
                var written = new RandomFile(seed);
                var read = ReadBack.Of(written.Write(), maxClaims: 2);
                Assert.Equal((FileStatus.Stored, null), (read.Outcome.Status, read.Outcome.Reason));
                Assert.Empty(read.Outcome.Warnings);
                Assert.Empty(read.Errors);
                Assert.Equal(ReadBack.Describe(written.Claims), ReadBack.Describe(read.Submitted));
            },
            iter: 300);

    [Fact]
    public void Read_CutFile_IsQuarantined() =>
        Gen.Select(Gen.Int, Gen.Double[0, 1]).Sample(
            (seed, part) =>
            {
                var bytes = new RandomFile(seed).Write();
                var read = ReadBack.Of(bytes[..(int)(bytes.Length * Math.Min(part, 0.999999))]);
                Assert.Equal(FileStatus.Quarantined, read.Outcome.Status);
            },
            iter: 500);

    [Fact]
    public void Read_FileCutInTrailingWhiteSpace_IsStored()
    {
        var bytes = Encoding.UTF8.GetBytes(ClaimXml.Submission(ClaimXml.Claim()) + "\r\n \t");
        for (var cut = 0; cut < bytes.Length; cut++)
            Assert.Equal(cut <= 4 ? FileStatus.Stored : FileStatus.Quarantined, ReadBack.Of(bytes[..^cut]).Outcome.Status);
    }

    [Fact]
    public void Read_FlippedBits_NeverThrow() =>
        Gen.Select(Gen.Int, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 8]).Sample(
            (seed, flips) =>
            {
                var bytes = new RandomFile(seed).Write();
                foreach (var (part, bits) in flips)
                    bytes[(int)(bytes.Length * Math.Min(part, 0.999999))] ^= bits;

                ReadBack.Of(bytes);
            },
            iter: 500);
}
