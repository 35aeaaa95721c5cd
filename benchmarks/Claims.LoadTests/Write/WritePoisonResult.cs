namespace Claims.LoadTests.Write;

/// <summary>The result of <c>write-poison</c>: medians over the turns.</summary>
internal sealed record WritePoisonResult
{
    public required long Claims { get; init; }

    public required int BadClaims { get; init; }

    /// <summary>How many kinds of bad claims there were.</summary>
    public required int Kinds { get; init; }

    /// <summary>How many of them only the database refuses.</summary>
    public required int RefusedByStore { get; init; }

    public required double GoodClaimsPerS { get; init; }

    public required double PoisonedClaimsPerS { get; init; }

    /// <summary>The median of the turns' ratios, the rate with bad claims to that without.</summary>
    public required double Ratio { get; init; }

    public required IReadOnlyList<double> Ratios { get; init; }
}
