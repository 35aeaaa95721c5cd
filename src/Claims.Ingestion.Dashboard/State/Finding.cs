namespace Claims.Ingestion.Dashboard.State;

/// <summary>Something to be said of the state.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">A sentence.</param>
/// <param name="Page">The page that says more, relative to the dashboard.</param>
internal sealed record Finding(StateLevel Level, string Text, string Page);
