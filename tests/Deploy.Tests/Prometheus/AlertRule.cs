using System.Globalization;
using System.Text.RegularExpressions;

namespace Deploy.Tests.Prometheus;

/// <summary>An alert of the rules that are shipped.</summary>
internal sealed record AlertRule
{
    public static string File { get; } = Repository.PathOf("deploy", "prometheus", "claims-alerts.yml");

    public static IReadOnlyList<AlertRule> All { get; } = Yaml.Read<RuleFile>(File).Groups.SelectMany(group => group.Rules).ToList();

    public string Alert { get; init; } = "";

    public string Expr { get; init; } = "";

    public Dictionary<string, string> Labels { get; init; } = [];

    public Dictionary<string, string> Annotations { get; init; } = [];

    /// <summary>The rules with all times divided: those that a rule waits, those that it looks back, and limits of time, which are written as minutes * 60.</summary>
    public static string Compressed(int factor)
    {
        string rules = System.IO.File.ReadAllText(File);
        rules = Waits.Replace(rules, match => $"{match.Groups[1].Value}{Milliseconds(match) / factor}ms");
        return Limits.Replace(rules, match => string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value} * {60.0 / factor}"));
    }

    private static Regex Waits { get; } = new(@"(\[|offset |for: )(\d+)([mhd])\b", RegexOptions.Compiled);

    private static Regex Limits { get; } = new(@"\b(\d+) \* 60\b", RegexOptions.Compiled);

    private static long Milliseconds(Match match) => long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) * match.Groups[3].Value switch { "m" => 60_000, "h" => 3_600_000, _ => 86_400_000 };

    private sealed record RuleFile
    {
        public List<RuleGroup> Groups { get; init; } = [];
    }

    private sealed record RuleGroup
    {
        public List<AlertRule> Rules { get; init; } = [];
    }
}
