namespace Claims.LoadTests.Dashboard;

/// <summary>What one visit of a page was like.</summary>
/// <param name="ShownMs">From the begin of the navigation until what the page is opened for was on the screen.</param>
/// <param name="LiveMs">Until it was connected, and all that it reads had arrived.</param>
/// <param name="Bytes">What was sent to the browser until then: files as they were compressed, what came over the connection before it was.</param>
/// <param name="Problems">What was wrong.</param>
internal sealed record PageVisit(double ShownMs, double LiveMs, long Bytes, IReadOnlyList<string> Problems);
