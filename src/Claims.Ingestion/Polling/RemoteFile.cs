namespace Claims.Ingestion.Polling;

/// <summary>A claim file as its facility lists it: not yet fetched.</summary>
/// <param name="ExternalId">Identifies the file within its facility, for ever: the same id always means the same bytes.</param>
/// <param name="Name">The file's name at its source. It need not be unique and is never used as a path.</param>
public sealed record RemoteFile(string ExternalId, string Name)
{
    /// <summary>The size in bytes, when the source tells it.</summary>
    /// <value>The default is <see langword="null"/>: not known before the download.</value>
    public long? Length { get; init; }
}
