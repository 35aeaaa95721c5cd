namespace Claims.LoadTests.Routing;

/// <summary>The result of <c>routing</c>: of the parts that were run.</summary>
internal sealed record RoutingResult
{
    public PairsResult? Pairs { get; init; }

    public FreezeResult? Freeze { get; init; }

    public PoolWaitResult? PoolWait { get; init; }
}

internal enum RoutingPart
{
    Pairs,
    Freeze,
    PoolWait,
}
