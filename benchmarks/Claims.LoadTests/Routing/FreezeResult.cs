using System.Text.Json.Serialization;

namespace Claims.LoadTests.Routing;

/// <summary>The result of the frozen replica.</summary>
internal sealed record FreezeResult
{
    public required double FrozenS { get; init; }

    public required double RequestsPerS { get; init; }

    public required FreezeSide Ours { get; init; }

    /// <summary>Npgsql's own data source over the same servers: replicas preferred, reads spread, a connect timeout of 2 s, hosts checked again after 5 s.</summary>
    public required FreezeSide Npgsql { get; init; }
}

/// <summary>What the requests took from the moment on when the replica froze, until some seconds after it went on.</summary>
internal sealed record FreezeSide
{
    public required int Requests { get; init; }

    public required int Failed { get; init; }

    [JsonPropertyName("over_100_ms")]
    public required int Over100Ms { get; init; }

    [JsonPropertyName("over_1_s")]
    public required int Over1S { get; init; }

    /// <summary>Those of them that were on the replica when it froze, or began just after it had answered.</summary>
    public required int UnderWay { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <summary>Before, the share of the reads that each replica answered; the one that is to freeze comes first.</summary>
    public required IReadOnlyList<double> Balance { get; init; }
}
