namespace Claims.Ingestion.Views;

/// <summary>What a policy knows of a view.</summary>
public sealed record ViewState
{
    /// <summary>The view's name.</summary>
    public required string Name { get; init; }

    /// <summary>The time of the decision.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How many rows of its sources changed since its last refresh; of the library's own tables: how many claims were stored.</summary>
    public long ChangedRows { get; init; }

    /// <summary>How many rows it had after its last refresh; <see langword="null"/> when that is not known.</summary>
    public long? TotalRows { get; init; }

    /// <summary>How long ago it was refreshed; <see langword="null"/> when it never was.</summary>
    public TimeSpan? SinceRefresh { get; init; }

    /// <summary>How long ago the oldest change that it does not show was made; <see langword="null"/> when it shows everything.</summary>
    public TimeSpan? SinceFirstChange { get; init; }

    /// <summary>How long its last refresh took; <see langword="null"/> when that is not known.</summary>
    public TimeSpan? LastDuration { get; init; }

    /// <summary>How long ago any other view was refreshed; <see langword="null"/> when none was.</summary>
    public TimeSpan? SinceOtherRefresh { get; init; }

    /// <summary>Whether it depends on the time of day and a day began, in the time zone of the database, since its last refresh.</summary>
    public bool HasDayTurned { get; init; }

    /// <summary>Who is busy with the database, in words for operators; <see langword="null"/> when nobody is.</summary>
    public string? Busy { get; init; }
}
