using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>
/// What the HTTP handler must know of the call it serves: System.ServiceModel takes no cancellation token and passes nothing
/// on but the request, so it travels with the flow of the call.
/// </summary>
internal sealed class AnswerScope : IDisposable
{
    private static readonly AsyncLocal<AnswerScope?> _current = new();

    private AnswerScope(long maxBytes, CancellationToken cancellationToken)
    {
        MaxBytes = maxBytes;
        Token = cancellationToken;
    }

    public static AnswerScope Current => _current.Value ?? throw new InvalidOperationException("The handler serves calls of SoapClient only.");

    public long MaxBytes { get; }

    public CancellationToken Token { get; }

    /// <summary>The received answer. The scope disposes it.</summary>
    public FetchedContent? Body { get; set; }

    public static AnswerScope Enter(long maxBytes, CancellationToken cancellationToken)
    {
        var scope = new AnswerScope(maxBytes, cancellationToken);
        _current.Value = scope;
        return scope;
    }

    public void Dispose()
    {
        _current.Value = null;
        Body?.Dispose();
    }
}
