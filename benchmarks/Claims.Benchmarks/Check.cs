namespace Claims.Benchmarks;

/// <summary>What every benchmark does with its result: a fast wrong answer is worth nothing.</summary>
internal static class Check
{
    public static void Equal<T>(string what, T expected, T actual)
        where T : IEquatable<T>
    {
        if (!expected.Equals(actual))
            throw new InvalidOperationException($"Wrong result: {what} should be {expected}, but is {actual}.");
    }
}
