using System.Text.Json.Serialization;

namespace Claims.LoadTests.Routing;

/// <summary>The result of <c>routing</c>: of the parts that were run.</summary>
internal sealed record RoutingResult
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PairsResult? Pairs { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FreezeResult? Freeze { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PoolWaitResult? PoolWait { get; init; }
}

internal enum RoutingPart
{
    Pairs,
    Freeze,
    PoolWait,
}
