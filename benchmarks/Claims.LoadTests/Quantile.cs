namespace Claims.LoadTests;

internal static class Quantile
{
    /// <summary>The value that a share of the values does not exceed.</summary>
    public static double Of(IEnumerable<double> values, double share)
    {
        double[] ordered = [.. values.Order()];
        return ordered.Length == 0 ? 0 : ordered[Math.Max((int)Math.Ceiling(share * ordered.Length) - 1, 0)];
    }
}
