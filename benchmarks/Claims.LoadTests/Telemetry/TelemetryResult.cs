namespace Claims.LoadTests.Telemetry;

/// <summary>The result of <c>telemetry</c>: medians over the turns.</summary>
internal sealed record TelemetryResult
{
    public required long Claims { get; init; }

    public required int Turns { get; init; }

    public required double SilentClaimsPerS { get; init; }

    public required double ObservedClaimsPerS { get; init; }

    /// <summary>The median of the turns' ratios, the rate with all telemetry to that without any.</summary>
    public required double Ratio { get; init; }

    public required IReadOnlyList<double> Ratios { get; init; }

    public required double SilentCpuUsPerClaim { get; init; }

    public required double ObservedCpuUsPerClaim { get; init; }

    public required long SilentAllocatedBytesPerClaim { get; init; }

    public required long ObservedAllocatedBytesPerClaim { get; init; }
}
