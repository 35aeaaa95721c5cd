namespace Claims.LoadTests.Facilities.Output;

/// <summary>What is written for people: a report and pictures, where they are asked for.</summary>
internal sealed record PeopleOutput(FileInfo? Report, DirectoryInfo? Plots)
{
    public async Task WriteAsync(FacilitiesSettings settings, IReadOnlyList<ProfileOutcome> outcomes, CancellationToken cancellationToken)
    {
        if (Report is not null) await File.WriteAllTextAsync(Report.FullName, MarkdownReport.Of(settings, outcomes), cancellationToken);
        if (Plots is null) return;
        Plots.Create();
        foreach (ProfileOutcome outcome in outcomes)
            TimelinePlot.Save(Path.Combine(Plots.FullName, $"facilities-{outcome.Profile.ToString().ToLowerInvariant()}.png"), settings, outcome);
        DistributionPlot.Save(Path.Combine(Plots.FullName, "facilities-latency.png"), settings, outcomes);
    }
}
