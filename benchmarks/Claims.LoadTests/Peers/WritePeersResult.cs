namespace Claims.LoadTests.Peers;

/// <summary>The result of <c>write-peers</c>: medians over the turns.</summary>
internal sealed record WritePeersResult
{
    public required long Claims { get; init; }

    public required int ClaimsPerFile { get; init; }

    public required int Turns { get; init; }

    /// <summary>How many connections each peer in .NET had.</summary>
    public required int Connections { get; init; }

    public required double OursClaimsPerS { get; init; }

    /// <summary>Processor time of this process for each claim; the server's is not in it.</summary>
    public required double OursClientCpuUsPerClaim { get; init; }

    public required IReadOnlyList<PeerResult> Peers { get; init; }
}

/// <summary>What one peer did.</summary>
internal sealed record PeerResult
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Of the claims, those that this peer wrote in a turn.</summary>
    public required long Claims { get; init; }

    public required double ClaimsPerS { get; init; }

    /// <value><see langword="null"/> for a peer that is a program of its own.</value>
    public required double? ClientCpuUsPerClaim { get; init; }

    /// <summary>The median of the turns' ratios, not the ratio of the medians.</summary>
    public required double OursOverPeer { get; init; }
}
