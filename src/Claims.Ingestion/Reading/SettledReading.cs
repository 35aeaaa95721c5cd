namespace Claims.Ingestion.Reading;

/// <summary>The reading of a file whose outcome is known without reading on.</summary>
internal sealed class SettledReading(ReadOutcome outcome) : ClaimFileReading
{
    private bool _ended;

    public override ReadOutcome? Outcome => _ended ? outcome : null;

    public override ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ended = true;
        return null;
    }

    public override void Dispose()
    {
    }
}
