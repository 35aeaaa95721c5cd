namespace Claims.Ingestion.Volumes;

/// <summary>What is to be said of a facility's volume.</summary>
/// <param name="State">How it compares with the usual.</param>
/// <param name="Reason">Why, in figures for an operator; <see langword="null"/> when nothing stands out.</param>
internal readonly record struct VolumeVerdict(VolumeState State, string? Reason);
