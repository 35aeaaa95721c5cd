using System.Collections.Concurrent;

namespace Claims.Ingestion.Pipeline;

/// <summary>Why each facility's source did not take its last acknowledgement, for the facility's state.</summary>
internal sealed class AcknowledgementErrors
{
    private readonly ConcurrentDictionary<string, string> _errors = new(StringComparer.Ordinal);

    public string? ErrorOf(string facilityId) => _errors.GetValueOrDefault(facilityId);

    public void Failed(string facilityId, string reason) => _errors[facilityId] = reason;

    public void Succeeded(string facilityId) => _errors.TryRemove(facilityId, out _);

    /// <summary>Nothing is left to acknowledge: the source took what this error was about after all.</summary>
    public void Settle(string facilityId, string? error)
    {
        if (error is not null) _errors.TryRemove(new(facilityId, error));
    }
}
