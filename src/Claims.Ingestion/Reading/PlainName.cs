namespace Claims.Ingestion.Reading;

/// <summary>A name as it stands in a file, and without its prefix.</summary>
/// <param name="raw">As it stands there.</param>
/// <param name="local">Without its prefix.</param>
/// <param name="number">How many names were known before.</param>
internal sealed class PlainName(string raw, string local, int number)
{
    public string Raw { get; } = raw;

    public string Local { get; } = local;

    public int Number { get; } = number;
}
