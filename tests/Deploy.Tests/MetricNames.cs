using System.Text.RegularExpressions;

namespace Deploy.Tests;

/// <summary>The names of metrics and labels that rules and dashboards use.</summary>
internal static partial class MetricNames
{
    /// <summary>The metrics of an expression, histograms by their own names.</summary>
    public static IReadOnlyList<string> MetricsOf(string expression) =>
    [
        .. Name().Matches(Grouping().Replace(Matchers().Replace(expression, ""), ""))
            .Select(match => match.Value)
            .Where(name => name.Contains('_', StringComparison.Ordinal) && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(name => Part().Replace(name, ""))
            .Distinct(),
    ];

    /// <summary>The labels of an expression.</summary>
    public static IReadOnlyList<string> LabelsOf(string expression) =>
    [
        .. Matchers().Matches(expression).SelectMany(match => Label().Matches(match.Value)).Select(match => match.Groups[1].Value)
            .Concat(Grouping().Matches(expression).SelectMany(match => Name().Matches(match.Groups[1].Value)).Select(match => match.Value))
            .Distinct(),
    ];

    /// <summary>The names of a scrape, histograms by their own names.</summary>
    public static HashSet<string> Whole(IEnumerable<string> names) => [.. names.Select(name => Part().Replace(name, ""))];

    /// <summary>The names in the table of metrics: of metrics as Prometheus has them, of tags as the code has them.</summary>
    public static HashSet<string> Documented()
    {
        string file = Repository.PathOf("docs", "metrics.md");
        return File.Exists(file) ? [.. Name().Matches(File.ReadAllText(file).Replace('.', '_')).Select(match => match.Value)] : [];
    }

    private static readonly string[] Prefixes = ["claims_", "http_", "db_", "dotnet_", "node_"];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\b[a-z][a-z0-9_]*\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"([a-z_]+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
