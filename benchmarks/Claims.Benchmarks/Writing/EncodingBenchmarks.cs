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
    private int _rows;

    /// <summary>Reads the files, and counts their rows.</summary>
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
        _rows = claims.Sum(claim => 1 + claim.Diagnoses.Count + claim.Activities.Count + claim.Activities.Sum(activity => activity.Observations.Count));
    }

    /// <summary>Encodes a thousand claims.</summary>
    [Benchmark(OperationsPerInvoke = Claims)]
    public int Encode()
    {
        using var batch = new ClaimCopy();
        var count = 0;
        foreach (var slice in _slices)
        {
            using var rows = new EncodedRows(Submission.FacilityId);
            rows.Add(slice);
            batch.Add(fileId: 1, rows);
            count += rows.Count;
        }

        Check.Equal("the number of rows", _rows, count);
        return count;
    }
}
