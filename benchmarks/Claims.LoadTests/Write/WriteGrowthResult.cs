namespace Claims.LoadTests.Write;

/// <summary>The result of <c>write-growth</c>.</summary>
internal sealed record WriteGrowthResult
{
    public required long Claims { get; init; }

    public required int ClaimsPerFile { get; init; }

    /// <summary>The rate of the first step.</summary>
    public required double FirstClaimsPerS { get; init; }

    /// <summary>The median rate of the last three steps.</summary>
    public required double LastClaimsPerS { get; init; }

    public required double Ratio { get; init; }

    /// <summary>The time for the first million, without the pauses between the steps; <see langword="null"/> when there were fewer.</summary>
    public required double? FirstMillionS { get; init; }

    public required double DatabaseGb { get; init; }

    public required IReadOnlyList<GrowthStep> Steps { get; init; }
}

/// <summary>One step.</summary>
/// <param name="StoredBefore">Claims in the tables before it.</param>
/// <param name="ClaimsPerS">Its rate.</param>
internal sealed record GrowthStep(long StoredBefore, double ClaimsPerS);
