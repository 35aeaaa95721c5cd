using System.Text;
using System.Xml;

namespace FacilityGateway.Tests.Generation;

public class OddFilesTests
{
    private static readonly List<GeneratedFile> s_broken =
        [.. new World(new WorldOptions { Facilities = 1, FilesPerFacility = 40, BrokenFileShare = 1 }).Files()];

    [Fact]
    public void Broken_AtTheHighestShare_IsOfEveryKind()
    {
        Assert.Equal(Enum.GetValues<BrokenKind>(), s_broken.Select(file => file.Broken!.Value).Distinct().Order());
        Assert.All(s_broken, file => Assert.Equal((Expectation.Quarantined, default(FileCounts)), (file.Expectation, file.Counts)));
    }

    [Fact]
    public void Broken_WhereverAClaimFileIsNotWellFormed_CannotBeParsed()
    {
        BrokenKind[] unreadable =
            [BrokenKind.Empty, BrokenKind.NotXml, BrokenKind.CutOff, BrokenKind.TwoRoots, BrokenKind.UnknownEncoding, BrokenKind.CorruptZip, BrokenKind.CorruptGzip, BrokenKind.EntityBomb];

        Assert.All(s_broken.Where(file => unreadable.Contains(file.Broken!.Value)), file =>
        {
            var problem = Record.Exception(() => Reading.Parse(file));
            Assert.True(problem is XmlException or InvalidDataException, $"{file.Broken}: {problem}");
        });
    }

    [Fact]
    public void Broken_WhereTheHeaderIsAtFault_IsWellFormedOtherwise()
    {
        foreach (var file in s_broken)
        {
            if (file.Broken is not (BrokenKind.NoHeader or BrokenKind.HeaderWithoutSender or BrokenKind.HeaderWithoutDate))
                continue;

            var header = Reading.Parse(file).All("Header").SingleOrDefault();
            Assert.Equal(file.Broken is BrokenKind.NoHeader, header is null);
            Assert.Equal(file.Broken is BrokenKind.HeaderWithoutDate, header?.Text("SenderID") is not null);
            Assert.Equal(file.Broken is BrokenKind.HeaderWithoutSender, header?.Text("TransactionDate") is not null);
        }
    }

    [Fact]
    public void Broken_EmptyFile_OccursAtMostOnceInAFacility() => Assert.InRange(s_broken.Count(file => file.ToBytes().Length == 0), 0, 1);

    [Fact]
    public void Skipped_AtTheHighestShare_IsATestFileOrAnotherKindOrADuplicate()
    {
        var files = new World(new WorldOptions { Facilities = 5, FilesPerFacility = 24, BrokenFileShare = 0, SkippedFileShare = 0.7 }).Files().ToList();

        Assert.All(files.Where(file => file.Kind is GeneratedFileKind.TestFile), file =>
            Assert.Equal("TEST", Reading.Parse(file).All("Header").Single().Text("DispositionFlag")));
        Assert.All(files.Where(file => file.Kind is GeneratedFileKind.PriorAuthorization), file =>
            Assert.Equal("Prior.Authorization", Reading.Parse(file).Name.LocalName));
        Assert.Contains(files, file => file.Kind is GeneratedFileKind.TestFile);
        Assert.Contains(files, file => file.Kind is GeneratedFileKind.PriorAuthorization);
        Assert.Contains(files, file => file.Kind is GeneratedFileKind.Duplicate);
    }

    [Fact]
    public void Skipped_NothingGoodToCopy_IsNoDuplicate()
    {
        var files = new World(new WorldOptions { Facilities = 5, BrokenFileShare = 0, SkippedFileShare = 1 }).Files();

        Assert.All(files, file => Assert.True(file.Expectation is Expectation.Skipped && file.DuplicateOf is null));
    }

    [Fact]
    public void Broken_EntityBomb_NestsEntities()
    {
        var bomb = s_broken.First(file => file.Broken is BrokenKind.EntityBomb);

        Assert.Contains("<!ENTITY a9 \"&a8;&a8;", Encoding.UTF8.GetString(bomb.ToBytes()), StringComparison.Ordinal);
    }
}
