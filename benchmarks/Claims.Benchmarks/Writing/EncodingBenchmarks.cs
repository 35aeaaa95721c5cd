using BenchmarkDotNet.Attributes;
using Claims.Ingestion.Postgres.Writing;

namespace Claims.Benchmarks.Writing;

/// <summary>What it costs to encode the rows of a claim for binary COPY, before anything is sent. All figures are for one claim.</summary>
/// <remarks>Public and open because BenchmarkDotNet derives from it.</remarks>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private const int Claims = 1000;

    private readonly List<FileSlice> _slices = [];
    private int _rows;

    /// <summary>Reads the files, and counts their rows.</summary>
    [GlobalSetup]
    public async Task Read()
    {
        var batch = new BatchFactory().Make(Claims);
        foreach (var file in batch.Files)
        {
            await foreach (var slice in file.ReadSlicesAsync(CancellationToken.None))
                _slices.Add(new FileSlice(_slices.Count + 1, file.File.FacilityId, slice));
        }

        var claims = _slices.SelectMany(slice => slice.Slice.Submitted).ToList();
        Check.Equal("the number of claims", batch.Claims, claims.Count);
        Check.Equal("the number of activities", batch.Activities, claims.Sum(claim => claim.Activities.Count));
        _rows = claims.Sum(claim => 1 + claim.Diagnoses.Count + claim.Activities.Count + claim.Activities.Sum(activity => activity.Observations.Count));
    }

    /// <summary>Encodes a thousand claims.</summary>
    [Benchmark(OperationsPerInvoke = Claims)]
    public int Encode()
    {
        using var rows = new SliceRows();
        foreach (var slice in _slices)
            rows.Add(slice);

        Check.Equal("the number of rows", _rows, rows.Count);
        return rows.Count;
    }
}
