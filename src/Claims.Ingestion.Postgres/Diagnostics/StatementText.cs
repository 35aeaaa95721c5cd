using System.Text.RegularExpressions;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>
/// Makes the text of a statement fit to be shown. <c>pg_stat_statements</c> puts placeholders where values were, but not in every case: not in commands such as <c>ALTER ROLE</c>, not in comments, and not
/// when it had forgotten the statement before it ended. Whatever could hold a value is not shown.
/// </summary>
internal static partial class StatementText
{
    public const string Hidden = "not shown: the text has values in it";

    private const int MaxLength = 300;

    public static string Show(string text)
    {
        if (!Question().IsMatch(text) || MayHoldText().IsMatch(text)) return Hidden;
        string shown = Number().Replace(Space().Replace(text, " "), "?").Trim();
        return shown.Length <= MaxLength ? shown : $"{shown[..(MaxLength - 1)]}…";
    }

    // Only in these does the server replace values.
    [GeneratedRegex(@"^\s*\(*\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Question();

    // A text in single quotes or dollars; a comment.
    [GeneratedRegex(@"'|\$\w*\$|--|/\*")]
    private static partial Regex MayHoldText();

    // Not the number of a placeholder, nor one that is part of a name.
    [GeneratedRegex(@"(?<![\w$""])\d[\d.]*")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
