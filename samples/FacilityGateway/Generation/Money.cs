namespace FacilityGateway.Generation;

internal static class Money
{
    /// <summary>An amount with 0 to 4 decimals, most often 2; now and then zero.</summary>
    public static decimal Amount(Randomness random)
    {
        if (random.Chance(0.005))
            return 0;

        var kind = random.Below(100);
        var decimals = kind < 25 ? 0 : kind < 35 ? 1 : kind < 90 ? 2 : kind < 95 ? 3 : 4;
        var whole = random.Chance(0.1) ? random.Between(1000, 9000) : random.Between(5, 900);
        var unscaled = whole;
        for (var i = 0; i < decimals; i++)
            unscaled = unscaled * 10 + random.Below(10);

        return new decimal(unscaled, 0, 0, false, (byte)decimals);
    }

    /// <summary>A part of an amount, rounded as payers do.</summary>
    public static decimal Part(decimal amount, Randomness random) =>
        Math.Round(amount * random.Between(5, 95) / 100, 2, MidpointRounding.AwayFromZero);
}
