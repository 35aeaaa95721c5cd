namespace Claims.Ingestion.Reading;

/// <summary>Turns damage that shows while content is unwrapped into an outcome, so that readers that users plug in need not know of it.</summary>
internal sealed class GuardedReading(ClaimFileReading inner) : ClaimFileReading
{
    private ReadOutcome? _damaged;

    public override ReadOutcome? Outcome => _damaged ?? inner.Outcome;

    public override ClaimExcerpt? Excerpt => inner.Excerpt;

    public override ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken)
    {
        if (_damaged is not null)
            return null;

        try
        {
            return inner.ReadSlice(maxClaims, cancellationToken);
        }
        catch (PayloadException e)
        {
            _damaged = ReadOutcome.Quarantined(e.Message);
            return null;
        }
    }

    public override void Dispose() => inner.Dispose();
}
