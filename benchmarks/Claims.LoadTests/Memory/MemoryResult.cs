namespace Claims.LoadTests.Memory;

/// <summary>The result of <c>memory</c>. MB are 10^6 bytes.</summary>
internal sealed record MemoryResult
{
    public required long Bytes { get; init; }

    public required long Claims { get; init; }

    public required int Files { get; init; }

    public required double RssStartMb { get; init; }

    public required double RssPeakMb { get; init; }

    public required double RssFirstHalfPeakMb { get; init; }

    public required double RssSecondHalfPeakMb { get; init; }

    public required double ClaimsPerS { get; init; }
}
