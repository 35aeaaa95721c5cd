using System.Text.RegularExpressions;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Tests;

public sealed partial class DocsTests
{
    [Theory]
    [InlineData(typeof(FacilityOptions))]
    [InlineData(typeof(FacilityWindowOptions))]
    [InlineData(typeof(SchedulingOptions))]
    [InlineData(typeof(PollingOptions))]
    [InlineData(typeof(DirectoryPollerOptions))]
    [InlineData(typeof(PipelineOptions))]
    [InlineData(typeof(ReadingOptions))]
    [InlineData(typeof(VolumeOptions))]
    [InlineData(typeof(GovernorOptions))]
    [InlineData(typeof(TelemetryOptions))]
    [InlineData(typeof(HealthOptions))]
    public void Configuration_NamesEverySetting(Type options)
    {
        string text = File.ReadAllText(Path.Combine(RepositoryTests.Root, "docs", "configuration.md"));

        Assert.All(options.GetProperties(), property => Assert.Contains($"| `{property.Name}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_PointToFilesThatAreThere()
    {
        IEnumerable<string> pages = Directory.EnumerateFiles(Path.Combine(RepositoryTests.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(RepositoryTests.Root, "README.md"));

        IEnumerable<string> broken = pages.SelectMany(page => Link().Matches(File.ReadAllText(page))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
            .Select(target => $"{page}: {target}"));

        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\(([^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
