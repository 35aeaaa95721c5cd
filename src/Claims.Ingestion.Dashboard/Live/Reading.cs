namespace Claims.Ingestion.Dashboard.Live;

/// <summary>What was read last.</summary>
/// <param name="Value">It; <see langword="null"/> before the first.</param>
/// <param name="At">When it was read.</param>
/// <param name="Error">Why it could not be read again; <see langword="null"/> when it could.</param>
internal sealed record Reading<T>(T? Value, DateTimeOffset? At, string? Error)
    where T : class;
