namespace Claims.LoadTests.Write;

/// <summary>The result of <c>write-floor</c>: medians over the turns.</summary>
internal sealed record WriteFloorResult
{
    public required long Claims { get; init; }

    public required int ClaimsPerFile { get; init; }

    public required int Turns { get; init; }

    /// <summary>The faster of one and two connections, turn by turn.</summary>
    public required double CopyClaimsPerS { get; init; }

    public required double CopyOneConnectionClaimsPerS { get; init; }

    public required double CopyTwoConnectionsClaimsPerS { get; init; }

    public required double IngestClaimsPerS { get; init; }

    /// <summary>The median of the turns' ratios, not the ratio of the medians.</summary>
    public required double Ratio { get; init; }

    public required IReadOnlyList<double> Ratios { get; init; }

    public required double XmlMbPerS { get; init; }

    /// <summary>Processor time of this process for each claim; the rest is the server's.</summary>
    public required double ClientCpuUsPerClaim { get; init; }

    /// <summary>Managed memory that this process allocated for each claim.</summary>
    public required long ClientAllocatedBytesPerClaim { get; init; }
}
