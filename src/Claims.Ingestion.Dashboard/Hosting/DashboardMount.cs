namespace Claims.Ingestion.Dashboard.Hosting;

/// <summary>A dashboard as it was mapped.</summary>
/// <param name="Path">The path before its pages; empty at the root.</param>
/// <param name="Options">Its options.</param>
internal sealed record DashboardMount(string Path, DashboardOptions Options);
