namespace Claims.Ingestion.Dashboard.Tests.Browser;

/// <summary>A page of one of the hosts.</summary>
internal readonly record struct DashboardPath(string Path, bool IsPrefixed = false);
