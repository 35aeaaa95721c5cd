namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>A try of a call failed. It never has an inner exception: those of the libraries quote what was sent or received.</summary>
/// <param name="result">The short name of the failure, for metrics.</param>
/// <param name="reason">What is wrong and what to do, to follow the name of facility and operation.</param>
/// <param name="isTransient">Whether another try may succeed.</param>
/// <param name="isDamaged">Whether the gateway did send a file, though not a whole one.</param>
internal sealed class GatewayCallException(string result, string reason, bool isTransient, bool isDamaged = false) : Exception(reason)
{
    public string Result { get; } = result;

    public bool IsTransient { get; } = isTransient;

    public bool IsDamaged { get; } = isDamaged;
}
