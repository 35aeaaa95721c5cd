namespace Claims.Ingestion.Dashboard;

/// <summary>What a dashboard shows, and to whom.</summary>
public sealed class DashboardOptions
{
    /// <summary>The name of the page.</summary>
    /// <value>The default is <c>Claims ingestion</c>; from 1 to 60 characters.</value>
    public string Title { get; set; } = "Claims ingestion";

    /// <summary>The authorization policy of those who may look.</summary>
    /// <value>The default is <see langword="null"/>: everybody who reaches the page.</value>
    public string? ViewPolicy { get; set; }

    /// <summary>The authorization policy of those who may act: poll now, pause, resume, requeue a file, refresh a view. It is asked at each action.</summary>
    /// <value>The default is <see langword="null"/>: nobody.</value>
    public string? ActionsPolicy { get; set; }

    /// <summary>Where those may sign in that have no right to act: a path of this site, given the address to come back to as <c>returnUrl</c>.</summary>
    /// <value>The default is <see langword="null"/>: no link is shown. Else it begins with one slash.</value>
    public string? SignInPath { get; set; }
}
