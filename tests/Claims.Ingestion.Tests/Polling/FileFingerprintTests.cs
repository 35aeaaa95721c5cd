using System.Text;
using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Tests.Polling;

public sealed class FileFingerprintTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void CreateId_NameThatJustFits_IsKept()
    {
        var name = new string('n', 167);

        Assert.Equal(name + "#" + Hash, FileFingerprint.CreateId(name, Hash));
    }

    [Fact]
    public void CreateId_LongName_IsShortenedTheSameWayEachTime()
    {
        var id = FileFingerprint.CreateId(new string('n', 168), Hash);

        Assert.Equal(FileFingerprint.MaxIdLength, id.Length);
        Assert.StartsWith(new string('n', 150) + "~", id, StringComparison.Ordinal);
        Assert.EndsWith("#" + Hash, id, StringComparison.Ordinal);
        Assert.Equal(id, FileFingerprint.CreateId(new string('n', 168), Hash));
    }

    [Fact]
    public void CreateId_LongNamesThatDifferAtTheirEnd_StayDifferent() =>
        Assert.NotEqual(
            FileFingerprint.CreateId(new string('n', 200) + "1.xml", Hash),
            FileFingerprint.CreateId(new string('n', 200) + "2.xml", Hash));

    [Fact]
    public void CreateId_CutWithinASurrogatePair_LeavesThePairOut()
    {
        var id = FileFingerprint.CreateId(new string('n', 149) + string.Concat(Enumerable.Repeat("\U0001F600", 20)), Hash);

        Assert.Equal(FileFingerprint.MaxIdLength - 1, id.Length);
        Assert.StartsWith(new string('n', 149) + "~", id, StringComparison.Ordinal);
    }

    [Fact]
    public void Shorten_CountsBytesOfTheEncoding()
    {
        Assert.Equal("éé", FileFingerprint.Shorten("éé", 4, Encoding.UTF8));
        Assert.Equal(40, Encoding.UTF8.GetByteCount(FileFingerprint.Shorten(new string('é', 30), 40, Encoding.UTF8)) + 1);
    }
}
