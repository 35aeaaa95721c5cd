namespace Claims.Ingestion.Pipeline;

/// <summary>How full one stage is.</summary>
/// <param name="Name">The stage: admission, reading, writing or acknowledging.</param>
/// <param name="Items">Files that wait for it; for the admission, files that are in flight.</param>
/// <param name="Limit">How many may be.</param>
/// <param name="MostItems">The most that ever were.</param>
internal sealed record StageFlow(string Name, int Items, int Limit, int MostItems);

/// <summary>How full the pipeline is, in the order of the flow.</summary>
/// <param name="Stages">Its stages.</param>
/// <param name="AdmissionWaiting">Downloads and polls that wait for the budget.</param>
/// <param name="Bytes">Bytes of the files in flight.</param>
/// <param name="BytesLimit">How many may be.</param>
/// <param name="MostBytes">The most that ever were.</param>
/// <param name="BatchClaims">Claims up to which a batch takes further files now.</param>
/// <param name="Bottleneck">The stage that the files in flight wait for; <see langword="null"/> while the budget has room.</param>
internal sealed record PipelineFlow(
    IReadOnlyList<StageFlow> Stages, int AdmissionWaiting, long Bytes, long BytesLimit, long MostBytes, int BatchClaims, string? Bottleneck);
