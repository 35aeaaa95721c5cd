using System.Text.RegularExpressions;

namespace Deploy.Tests.Prometheus;

/// <summary>The rules by themselves. Whether they see what a host really shows is a matter of the faults.</summary>
public sealed class AlertRuleTests
{
    private static readonly string[] _testFiles = ["claims-alerts.test.yml", "claims-alerts-days.test.yml"];

    [Fact]
    public Task Rules_AreValid() => PromTool.AssertAsync("check", "rules", "claims-alerts.yml");

    [Fact]
    public Task Rules_FireWhenTheyShouldAndOnlyThen() => PromTool.AssertAsync(["test", "rules", .. _testFiles]);

    [Fact]
    public Task Configuration_IsValid() => PromTool.AssertAsync("check", "config", "prometheus.yml");

    [Fact]
    public void EachAlert_HasACaseThatFiresAndOneThatDoesNot()
    {
        var cases = _testFiles.SelectMany(file => Yaml.Read<TestFile>(Repository.PathOf("deploy", "prometheus", file)).Tests)
            .SelectMany(test => test.AlertRuleTest)
            .ToLookup(test => test.Alertname, test => test.ExpAlerts.Count > 0);

        Assert.All(AlertRule.All, rule => Assert.Equal([false, true], cases[rule.Alert].Distinct().Order()));
        Assert.Equal(AlertRule.All.Select(rule => rule.Alert).Order(), cases.Select(alert => alert.Key).Order());
    }

    [Fact]
    public void EachAlert_SaysWhatIsWrongAndLeadsToItsRunbook()
    {
        Assert.Equal(AlertRule.All.Count, AlertRule.All.Select(rule => rule.Alert).Distinct().Count());
        Assert.All(AlertRule.All, rule =>
        {
            Assert.Contains(rule.Labels["severity"], new[] { "critical", "warning" });
            Assert.InRange(rule.Annotations["summary"].Length, 20, 120);
            Assert.EndsWith(".", rule.Annotations["description"], StringComparison.Ordinal);
            Assert.Equal($"docs/alerts.md#{rule.Alert.ToLowerInvariant()}", rule.Annotations["runbook"]);
        });
    }

    [Fact]
    public void Runbook_HasASectionForEachAlertAndOnlyForThose()
    {
        string text = File.ReadAllText(Repository.PathOf("docs", "alerts.md"));

        string[] sections = [.. Regex.Matches(text, @"(?m)^### (\w+)\n(?s:.*?)(?=^##|\z)").Select(match => match.Value)];

        Assert.Equal(AlertRule.All.Select(rule => rule.Alert), sections.Select(section => section[4..section.IndexOf('\n', StringComparison.Ordinal)]));
        Assert.All(sections, section => Assert.Matches(@"(?s)\*\*Means\.\*\*.+\*\*Look\.\*\*.+\*\*Do\.\*\*", section));
    }

    [Fact]
    public void Runbook_LinksLeadToSectionsThatAreThere()
    {
        string page = Repository.PathOf("docs", "alerts.md");

        IEnumerable<string> broken = Regex.Matches(File.ReadAllText(page), @"\]\(([^)#]*)#([^)]+)\)")
            .Where(link => !Anchors(link.Groups[1].Length == 0 ? page : Repository.PathOf("docs", link.Groups[1].Value)).Contains(link.Groups[2].Value))
            .Select(link => link.Value);

        Assert.Empty(broken);
    }

    private static HashSet<string> Anchors(string page) =>
        [.. Regex.Matches(File.ReadAllText(page), "(?m)^#+ (.+)$").Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'))];

    private sealed record TestFile
    {
        public List<Test> Tests { get; init; } = [];
    }

    private sealed record Test
    {
        public List<AlertTest> AlertRuleTest { get; init; } = [];
    }

    private sealed record AlertTest
    {
        public string Alertname { get; init; } = "";

        public List<object> ExpAlerts { get; init; } = [];
    }
}
