namespace Claims.LoadTests.Dashboard;

/// <summary>The result of <c>dashboard</c>.</summary>
internal sealed record DashboardResult
{
    public required int Facilities { get; init; }

    public required int Turns { get; init; }

    public required IReadOnlyList<PageResult> Pages { get; init; }
}

/// <summary>How long a page took to open, from the begin of the navigation on: medians over the turns.</summary>
internal sealed record PageResult
{
    public required string Name { get; init; }

    /// <summary>Until it was live at the very first visit of the host, which does not count.</summary>
    public required double FirstLiveMs { get; init; }

    /// <summary>Until what it is opened for was on the screen.</summary>
    public required double ShownMs { get; init; }

    /// <summary>Until it was connected, and all that it reads had arrived.</summary>
    public required double LiveMs { get; init; }

    public required double LiveMaxMs { get; init; }

    /// <summary>What was sent to the browser until then, in units of 1,000 bytes.</summary>
    public required double Kilobytes { get; init; }

    /// <param name="name">The name of the page.</param>
    /// <param name="visits">Its visits; the first one does not count.</param>
    public static PageResult Of(string name, IReadOnlyList<PageVisit> visits)
    {
        PageVisit[] counted = [.. visits.Skip(1)];
        return new PageResult
        {
            Name = name,
            FirstLiveMs = Math.Round(visits[0].LiveMs),
            ShownMs = Math.Round(Median.Of(counted.Select(visit => visit.ShownMs))),
            LiveMs = Math.Round(Median.Of(counted.Select(visit => visit.LiveMs))),
            LiveMaxMs = Math.Round(counted.Max(visit => visit.LiveMs)),
            Kilobytes = Math.Round(Median.Of(counted.Select(visit => visit.Bytes / 1e3)), 1),
        };
    }
}
