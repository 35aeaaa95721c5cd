using System.Globalization;
using System.Text.RegularExpressions;

namespace Claims.Ingestion.Postgres.Local.Binaries;

/// <summary>Reads the version out of what PostgreSQL's programs and packages say of themselves.</summary>
internal static partial class PostgresVersion
{
    /// <summary>The first number in the text with up to three parts: "postgres (PostgreSQL) 15.12 (Debian 15.12-1)", "18beta1", "18.4.0-beta.17".</summary>
    public static Version? Parse(string text)
    {
        var match = Number().Match(text);
        return match.Success ? new Version(Part(match, 1), Part(match, 2), Part(match, 3)) : null;
    }

    private static int Part(Match match, int group) =>
        match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
