using BenchmarkDotNet.Attributes;
using Claims.Ingestion.Storage;
using Claims.Measuring;

namespace Claims.Benchmarks.Writing;

/// <summary>What the storing of a claim costs in PostgreSQL, by the size of the batch that it is committed with.</summary>
/// <remarks>Public and open because BenchmarkDotNet derives from it. All figures are for one claim.</remarks>
[MemoryDiagnoser]
[MaxIterationCount(20)]
public class WritingBenchmarks
{
    private const int ManyClaims = 1000;
    private const int FewClaims = 100;

    private readonly StoredTotals _stored = new();
    private readonly List<Batch> _prepared = [];
    private BatchFactory _factory = null!;
    private FetchedBatch _fetched = null!;
    private BenchmarkDatabase _database = null!;

    /// <summary>Starts the server with an empty database.</summary>
    [GlobalSetup]
    public async Task StartDatabase()
    {
        _database = await BenchmarkDatabase.StartAsync();
        _factory = new BatchFactory(_database.Store);
    }

    /// <summary>Reads new files with 100 claims, each its own batch.</summary>
    [IterationSetup(Target = nameof(StoreBatchesOf1))]
    public void PrepareBatchesOf1() => Prepare(FewClaims, batchClaims: 1);

    /// <summary>Reads new files with 1,000 claims for ten batches.</summary>
    [IterationSetup(Target = nameof(StoreBatchesOf100))]
    public void PrepareBatchesOf100() => Prepare(ManyClaims, batchClaims: 100);

    /// <summary>Reads new files with 1,000 claims for one batch.</summary>
    [IterationSetup(Target = nameof(StoreBatchesOf1000))]
    public void PrepareBatchesOf1000() => Prepare(ManyClaims, batchClaims: 1000);

    /// <summary>Makes new files with 1,000 claims, as they are after their download.</summary>
    [IterationSetup(Target = nameof(ReadAndStoreBatchOf1000))]
    public void FetchBatchOf1000() => _fetched = _factory.Fetch(ManyClaims);

    /// <summary>Commits each claim alone.</summary>
    [Benchmark(OperationsPerInvoke = FewClaims)]
    public Task StoreBatchesOf1() => StoreAsync();

    /// <summary>Commits a hundred claims at a time.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = ManyClaims)]
    public Task StoreBatchesOf100() => StoreAsync();

    /// <summary>Commits a thousand claims at a time.</summary>
    [Benchmark(OperationsPerInvoke = ManyClaims)]
    public Task StoreBatchesOf1000() => StoreAsync();

    /// <summary>Reads a thousand claims from the bytes of their files and commits them: what a batch costs from end to end.</summary>
    [Benchmark(OperationsPerInvoke = ManyClaims)]
    public Task ReadAndStoreBatchOf1000() => StoreAsync(new Batch([.. _fetched.Files.Select(_factory.Read)], _fetched.Claims, _fetched.Activities, _fetched.Gross));

    /// <summary>Compares the tables with what was stored, and stops the server.</summary>
    [GlobalCleanup]
    public async Task CheckRows()
    {
        await using (_database)
            await _stored.CheckAsync(_database);
    }

    private void Prepare(int claims, int batchClaims)
    {
        _prepared.Clear();
        for (var count = 0; count < claims; count += batchClaims)
            _prepared.Add(_factory.Make(batchClaims));
    }

    private async Task StoreAsync()
    {
        foreach (var batch in _prepared)
            await StoreAsync(batch);
    }

    private async Task StoreAsync(Batch batch)
    {
        var fates = await _database.Store.StoreAsync(batch.Files, CancellationToken.None);
        Check.Equal("the number of stored files", batch.Files.Count, fates.Count(fate => fate.Status == FileStatus.Stored));
        Check.Equal("the number of stored claims", batch.Claims, fates.Sum(fate => fate.Counts.Claims));
        _stored.Add(batch);
    }
}
