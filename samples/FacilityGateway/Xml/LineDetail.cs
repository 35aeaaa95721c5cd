using FacilityGateway.Generation;

namespace FacilityGateway.Xml;

/// <summary>What is said of an activity besides money: the same in every version of the claim and every answer to it.</summary>
internal sealed record LineDetail(DateTime Start, int Type, string Code, string Quantity, string Clinician)
{
    private static readonly int[] s_types = [3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 8, 8, 9, 10];
    private static readonly string[] s_quantities = ["1", "1", "1", "1", "1", "1", "2", "3", "1.0", "0.5", "0.3333", "10"];

    public static LineDetail For(ulong claimSeed, DateTime serviceDate, string lineId)
    {
        var random = Randomness.For(claimSeed, Randomness.HashOf(lineId));
        var type = random.Pick(s_types);
        var code = type switch
        {
            3 => $"{random.Between(80000, 99499):00000}",
            4 => $"{(char)('A' + random.Below(20))}{random.Digits(4)}",
            5 => $"{random.Digits(3)}-{random.Digits(6)}-{random.Digits(5)}",
            6 => $"D{random.Digits(4)}",
            8 => $"{random.Between(1, 99)}-{random.Digits(2)}",
            9 => $"{random.Digits(6)}",
            _ => $"{random.Digits(5)}-{random.Digits(1)}",
        };
        return new LineDetail(serviceDate.AddMinutes(random.Below(180)), type, code, random.Pick(s_quantities), $"DHA-P-{random.Digits(7)}");
    }
}
