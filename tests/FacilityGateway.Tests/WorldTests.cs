using System.Security.Cryptography;
using System.Xml.Linq;

namespace FacilityGateway.Tests;

public class WorldTests
{
    private static readonly WorldOptions s_options = new()
    {
        Facilities = 12,
        FilesPerFacility = 14,
        ClaimsPerFile = 12,
        Seed = 7,
        BrokenFileShare = 0.1,
        SkippedFileShare = 0.15,
        BadClaimShare = 0.05,
    };

    private static readonly World s_world = new(s_options);
    private static readonly List<GeneratedFile> s_files = [.. s_world.Files()];
    private static readonly List<(GeneratedFile File, XElement Root)> s_stored =
        [.. s_files.Where(file => file.Expectation is Expectation.Stored).Select(file => (file, Reading.Parse(file)))];

    [Fact]
    public void Files_SameOptions_GiveTheBytesPinnedHere() =>
        Assert.Equal("72D45563F146B641", HashOf(new World(new WorldOptions { Facilities = 3, FilesPerFacility = 13, BrokenFileShare = 0.2, SkippedFileShare = 0.2 })));

    [Fact]
    public void Files_OtherSeed_GivesOtherBytes() =>
        Assert.NotEqual(HashOf(new World(new WorldOptions { Facilities = 1 })), HashOf(new World(new WorldOptions { Facilities = 1, Seed = 2 })));

    [Fact]
    public void Files_OfOneFacility_DoNotDependOnTheOthers()
    {
        var alone = new World(s_options with { Facilities = 5 }).Files("DHA-F-0000005").Select(file => (file.Name, Convert.ToHexString(SHA256.HashData(file.ToBytes()))));

        var among = s_files.Where(file => file.FacilityId == "DHA-F-0000005").Select(file => (file.Name, Convert.ToHexString(SHA256.HashData(file.ToBytes()))));

        Assert.Equal(among, alone);
    }

    [Fact]
    public void Files_OfAnUnknownFacility_AreRefused() => Assert.Throws<ArgumentException>(() => s_world.Files("DHA-F-0000013"));

    [Fact]
    public void Files_WithinAFacility_HaveNamesOfTheirOwn()
    {
        Assert.Equal(12 * 14, s_files.Count);
        Assert.Equal(s_files.Count, s_files.Select(file => (file.FacilityId, file.Name)).Distinct().Count());
        Assert.Contains(s_files, file => file.Name.EndsWith(".XML", StringComparison.Ordinal));
        Assert.Contains(s_files, file => file.Name.EndsWith(".zip", StringComparison.Ordinal) && file.Expectation is Expectation.Stored);
        Assert.Contains(s_files, file => file.Name.EndsWith(".gz", StringComparison.Ordinal) && file.Expectation is Expectation.Stored);
    }

    [Fact]
    public void Files_WithinAFacility_HaveContentOfTheirOwnUnlessDuplicates()
    {
        var twice = s_files.Where(file => file.Broken is not (BrokenKind.CorruptZip or BrokenKind.CorruptGzip))
            .GroupBy(file => (file.FacilityId, Convert.ToHexString(SHA256.HashData(Reading.Unpack(file.Name, file.ToBytes())))))
            .SelectMany(same => same.Skip(1).Select(_ => same.ToList()))
            .ToList();

        Assert.Equal(s_files.Count(file => file.Kind is GeneratedFileKind.Duplicate), twice.Count);
        Assert.All(twice, same => Assert.Single(same, file => file.Expectation is Expectation.Stored));
        Assert.All(twice.SelectMany(same => same).Where(file => file.DuplicateOf is not null), file =>
            Assert.Contains(s_files, original => original.FacilityId == file.FacilityId && original.Name == file.DuplicateOf && original.Expectation is Expectation.Stored));
    }

    [Fact]
    public void ComputeTruth_Counts_EqualAnIndependentReadingOfTheFiles()
    {
        foreach (var (file, root) in s_stored)
        {
            var good = root.GoodClaims().ToList();
            var expected = new FileCounts(
                root.IsSubmission() ? good.Count : 0,
                root.IsSubmission() ? good.Sum(claim => claim.All("Activity").Count()) : 0,
                root.IsSubmission() ? 0 : good.Count,
                root.All("Claim").Count() - good.Count);
            Assert.Equal(expected, file.Counts);
            Assert.Equal(root.IsSubmission(), file.Kind is GeneratedFileKind.Submission);
        }

        var truth = s_world.ComputeTruth(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_stored.Count, truth.Totals.Files);
        Assert.Equal(s_stored.Sum(stored => stored.File.Counts.Claims), truth.Totals.Claims);
        Assert.Equal(s_stored.Sum(stored => stored.File.Counts.Activities), truth.Totals.Activities);
        Assert.Equal(s_stored.Sum(stored => stored.File.Counts.RemittanceClaims), truth.Totals.RemittanceClaims);
        Assert.Equal(s_stored.Sum(stored => stored.File.Counts.LeftOut), truth.Totals.LeftOut);
        Assert.Equal(s_files.Count, truth.Totals.Files + truth.Totals.Quarantined + truth.Totals.Skipped);
        Assert.Equal(truth.Totals.Claims, truth.Facilities.Values.Sum(facility => facility.Claims));
        Assert.True(truth.Totals.LeftOut > 0);
    }

    [Fact]
    public void ComputeTruth_Rows_AgreeWithAnIndependentReadingOfTheFiles()
    {
        var truth = s_world.ComputeTruth(cancellationToken: TestContext.Current.CancellationToken);

        var submitted = s_stored.Where(stored => stored.Root.IsSubmission()).SelectMany(stored => stored.Root.GoodClaims().Select(claim => claim.Key(stored.Root))).ToHashSet();
        var remitted = s_stored.Where(stored => !stored.Root.IsSubmission()).SelectMany(stored => stored.Root.GoodClaims().Select(claim => (Key: claim.Key(stored.Root), Claim: claim))).ToLookup(block => block.Key, block => block.Claim);

        Assert.Equal(submitted.Union(remitted.Select(group => group.Key)).Order(), truth.Balance.Select(row => (row.ProviderId, row.ClaimId)).Order());
        Assert.Equal(remitted.Select(group => group.Key).Order(), truth.RemittanceAdvice.Select(row => (row.ProviderId, row.ClaimId)).Order());
        Assert.Equal(submitted.Count, truth.Payerwise.Sum(row => row.ClaimCount));
        foreach (var row in truth.Balance)
        {
            var payments = remitted[(row.ProviderId, row.ClaimId)].SelectMany(claim => claim.All("Activity")).Select(activity => activity.Amount("PaymentAmount")).ToList();
            Assert.Equal(payments.Sum(), row.TotalPayment);
            Assert.Equal(-payments.Where(payment => payment < 0).Sum(), row.TotalTakenBack);
            Assert.Equal(remitted[(row.ProviderId, row.ClaimId)].Count(), row.RemittanceCount);
            Assert.Equal(submitted.Contains((row.ProviderId, row.ClaimId)), row.CurrentNet is not null);
        }
    }

    [Fact]
    public void ComputeTruth_OfAnOrdinaryWorld_MeetsEveryStatus()
    {
        var truth = new World(new WorldOptions { Facilities = 40 }).ComputeTruth(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(
            ["PAID", "PARTIALLY_PAID", "REJECTED", "REMITTED_ONLY", "RESUBMITTED", "SUBMITTED", "TAKEN_BACK", "UNKNOWN"],
            truth.Balance.Select(row => row.Status).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["Fully Paid", "Has Denials", "No Payment", "Partially Paid"],
            truth.RemittanceAdvice.Select(row => row.PaymentStatus).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(truth.Payerwise, row => row.SelfPayCount > 0 && row.SelfPayAmount == row.BilledAmount);
    }

    [Fact]
    public void Files_ThatTellOfTheSameClaim_HaveDifferentTransactionDates()
    {
        var dates = s_stored.SelectMany(stored => stored.Root.GoodClaims().Select(claim => (Key: claim.Key(stored.Root), stored.File.FacilityId, stored.File.Name, Date: stored.Root.All("Header").Single().Text("TransactionDate"))))
            .Distinct()
            .GroupBy(place => (place.Key, place.Date));

        Assert.All(dates, places => Assert.Single(places));
    }

    [Fact]
    public void Files_WithFixedSize_HaveExactlyThatManyClaims()
    {
        var files = new World(new WorldOptions { Facilities = 3, ClaimsPerFile = 9, FixedSize = true, BrokenFileShare = 0, SkippedFileShare = 0 }).Files().ToList();

        Assert.Equal(15, files.Count);
        Assert.All(files, file => Assert.Equal(9, file.Counts.Claims + file.Counts.RemittanceClaims + file.Counts.LeftOut));
    }

    [Fact]
    public void Files_WithoutFixedSize_DifferInSizeAroundTheMean()
    {
        var sizes = s_stored.Select(stored => stored.Root.All("Claim").Count()).ToList();

        Assert.Contains(1, sizes);
        Assert.Contains(sizes, size => size > 2 * s_options.ClaimsPerFile);
        Assert.InRange(sizes.Average(), 0.6 * s_options.ClaimsPerFile, 1.4 * s_options.ClaimsPerFile);
    }

    [Fact]
    public void World_OptionOutOfLimits_IsRefusedByName()
    {
        var claims = Assert.Throws<ArgumentException>(() => new World(new WorldOptions { ClaimsPerFile = 0 }));
        var broken = Assert.Throws<ArgumentException>(() => new World(new WorldOptions { BrokenFileShare = double.NaN }));

        Assert.Equal("ClaimsPerFile is 0; it must be from 1 to 100000.", claims.Message);
        Assert.Equal("BrokenFileShare is NaN; it must be from 0 to 1.", broken.Message);
    }

    private static string HashOf(World world)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in world.Files())
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(file.Name));
            hash.AppendData(file.ToBytes());
        }

        return Convert.ToHexString(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
