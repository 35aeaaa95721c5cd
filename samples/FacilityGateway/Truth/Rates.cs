namespace FacilityGateway.Truth;

internal static class Rates
{
    public static decimal Percent(decimal part, decimal whole) =>
        whole == 0 ? 0 : Math.Round(part / whole * 100, 2, MidpointRounding.AwayFromZero);
}
