using FacilityGateway.Generation;
using FacilityGateway.Xml;

namespace FacilityGateway;

/// <summary>Single submission files of any size.</summary>
public static class SubmissionFile
{
    /// <summary>Beyond the files of any world, so that the claims are other claims than a world's.</summary>
    private const int FirstFile = 1_000_000;

    /// <summary>Writes a submission of new claims, one after the other: about 1.6 kB a claim, and no more memory for many than for few.</summary>
    /// <returns>What the file holds.</returns>
    public static FileCounts WriteLarge(Stream stream, int claims, int seed, string facilityId = "DHA-F-0000001")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(claims, 1);
        var parties = new Parties(facilityId, Randomness.For((ulong)seed));
        var model = new ClaimFileModel
        {
            Name = "",
            IsRemittance = false,
            SenderId = facilityId,
            ReceiverId = parties.ReceiverId,
            TransactionDate = new DateTime(2024, 5, 1).AddMinutes(Randomness.For((ulong)seed, 't').Below(300_000)),
        };
        using var writer = new ElementWriter(stream, Layout.Plain);
        writer.StartRoot("Claim.Submission");
        ClaimFileXml.WriteHeader(writer, model, claims);
        var activities = 0;
        ClaimLife? previous = null;
        for (var ordinal = 1; ordinal <= claims; ordinal++)
        {
            var random = Randomness.For((ulong)seed, (ulong)ordinal);
            var life = ClaimMaker.New(random, parties, FirstFile + (seed & 0xFFFFFFF), ordinal, model.TransactionDate, previous);
            SubmissionXml.Write(writer, new SubmissionEntry(ClaimMaker.FirstVersion(life, random)));
            activities += life.Lines.Count;
            previous = life;
        }

        writer.End();
        return new FileCounts(claims, activities, 0, 0);
    }
}
