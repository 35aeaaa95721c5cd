namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>A connection that somebody holds.</summary>
/// <param name="Server">Where it leads.</param>
/// <param name="Opener">The method that opened it, with file and line.</param>
/// <param name="OpenedAt">When, as a timestamp of the clock.</param>
internal sealed record HeldConnection(string Server, string Opener, long OpenedAt)
{
    /// <summary>Whether it was reported as held for too long.</summary>
    public bool IsReported { get; set; }
}
