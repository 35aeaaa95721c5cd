namespace Claims.Ingestion.Reading;

/// <summary>Reads eClaimLink XML, submissions and remittances. Any content that begins like XML is taken, so that its outcome can say what it is.</summary>
internal sealed class EClaimLinkReader : IClaimFileReader
{
    public bool Recognizes(ReadOnlySpan<byte> start) => ContentEncoding.BeginsMarkup(start);

    public ClaimFileReading Read(Func<Stream> open, ReadingOptions options) => new EClaimLinkReading(open, options);
}
