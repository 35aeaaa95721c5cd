namespace Claims.Ingestion.Dashboard.Hosting;

/// <summary>A file of the pages.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Compressed">The same by gzip.</param>
/// <param name="Version">A digest of the content, so that browsers may keep it for ever.</param>
internal sealed record DashboardAsset(string Name, string ContentType, byte[] Bytes, byte[] Compressed, string Version);
