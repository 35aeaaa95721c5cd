using FacilityGateway.Truth;

namespace FacilityGateway.Generation;

/// <summary>Who takes part in the claims of some files of a facility. All codes are made up.</summary>
internal sealed class Parties
{
    private static readonly string[] s_insurers = [.. Enumerable.Range(1, 10).Select(number => $"INS{number:000}")];

    private readonly string[] _places;

    /// <param name="facilityId">The facility whose files they are.</param>
    /// <param name="random">Chooses the receiver: a payer sees only what was sent to it, so it is one for files that belong together.</param>
    public Parties(string facilityId, Randomness random)
    {
        FacilityId = facilityId;
        var number = facilityId[^6..];
        SisterProviderId = $"DHA-P-8{number}";
        _places = [facilityId, facilityId, facilityId, facilityId, facilityId, $"DHA-F-7{number}", $"DHA-F-6{number}"];
        ReceiverId = random.Chance(0.7) ? $"TPA{random.Between(1, 4):000}" : random.Pick(s_insurers);
    }

    public string FacilityId { get; }

    /// <summary>Another provider that bills through the same facility.</summary>
    public string SisterProviderId { get; }

    public string ReceiverId { get; }

    public string Payer(Randomness random) =>
        random.Chance(0.04) ? ReportRows.SelfPaid
        : ReceiverId.StartsWith("INS", StringComparison.Ordinal) && random.Chance(0.9) ? ReceiverId
        : random.Pick(s_insurers);

    public string Place(Randomness random) => random.Pick(_places);
}
