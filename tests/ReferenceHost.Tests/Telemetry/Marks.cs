using System.Globalization;
using System.Text.RegularExpressions;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>Values that stand for personal data, credentials and file content: each of them different, all of them found by one pattern, in whatever way they are cut off behind or joined.</summary>
internal sealed partial class Marks
{
    private int _count;

    /// <summary>How many were planted.</summary>
    public int Count => _count;

    /// <summary>A word.</summary>
    public string Next() => string.Create(CultureInfo.InvariantCulture, $"Mk{Interlocked.Increment(ref _count):D5}Zq");

    /// <summary>An amount.</summary>
    public string NextNumber() => string.Create(CultureInfo.InvariantCulture, $"9133{Interlocked.Increment(ref _count):D5}.25");

    /// <summary>The marks in a text.</summary>
    public static IEnumerable<string> In(string text) => Pattern().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"Mk\d{5}Z?|9133\d{5}", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
