using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Routing;

namespace Claims.LoadTests.Facilities;

/// <summary>What was measured in one phase.</summary>
internal sealed record Phase
{
    /// <summary>Whether there was ingestion, or users only.</summary>
    public required bool IsBusy { get; init; }

    public required TimeSpan Length { get; init; }

    public required IReadOnlyList<Request> Requests { get; init; }

    public required HostWindow Host { get; init; }

    public required double CpuPercent { get; init; }

    public required double PeakMb { get; init; }

    /// <summary>The claims that were stored, by the second in which that began.</summary>
    public required IReadOnlyList<(double Second, long Files, long Claims)> Stored { get; init; }

    /// <summary>Requests that failed.</summary>
    public int Errors => Requests.Count(request => request.Error is not null);

    public long StoredFiles => Stored.Sum(second => second.Files);

    public long StoredClaims => Stored.Sum(second => second.Claims);

    public double Milliseconds(double percent) => Math.Round(Latencies.Of(Requests).Percentile(percent), 2);
}
