using BenchmarkDotNet.Attributes;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Benchmarks.Writing;

/// <summary>What it costs to encode the rows of a claim for binary COPY, before anything is sent, and to put them together for a batch. All figures are for one claim.</summary>
/// <remarks>Public and open because BenchmarkDotNet derives from it.</remarks>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private const int Claims = 1000;

    private readonly List<ClaimSlice> _slices = [];

    /// <summary>Reads the files.</summary>
    [GlobalSetup]
    public async Task Read()
    {
        var batch = new BatchFactory(new InMemoryClaimStore()).Make(Claims);
        foreach (var file in batch.Files)
        {
            await foreach (var slice in file.ReadSlicesAsync(CancellationToken.None))
                _slices.Add(slice);
        }

        var claims = _slices.SelectMany(slice => slice.Submitted).ToList();
        Check.Equal("the number of claims", batch.Claims, claims.Count);
        Check.Equal("the number of activities", batch.Activities, claims.Sum(claim => claim.Activities.Count));
    }

    /// <summary>Encodes a thousand claims.</summary>
    [Benchmark(OperationsPerInvoke = Claims)]
    public long Encode()
    {
        using var batch = new ClaimCopy();
        var claims = 0;
        var length = 0L;
        foreach (var slice in _slices)
        {
            using var rows = new EncodedRows(Submission.FacilityId);
            rows.Add(slice);
            batch.Add(fileId: 1, rows);
            claims += rows.Counts.Claims;
            length += rows.Length;
        }

        Check.Equal("the number of claims", Claims, claims);
        return length;
    }
}
