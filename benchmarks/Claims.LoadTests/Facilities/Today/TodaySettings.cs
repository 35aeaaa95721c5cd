namespace Claims.LoadTests.Facilities.Today;

/// <summary>What the arrangement that the library replaces is told.</summary>
/// <param name="Inbox">A folder with a folder for each facility.</param>
/// <param name="Interval">The time between two cycles.</param>
/// <param name="Views">Whether each cycle ends with the refresh of the reports.</param>
internal sealed record TodaySettings(string Inbox, TimeSpan Interval, bool Views);
