using System.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Governing;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// Stores a batch in one transaction. Order of locks and writes, the same in every transaction: the ledger locks in ascending order,
/// the tables in the order of <see cref="ClaimTable"/>, the ledger, what is kept of files, the change counts, the leases.
/// </summary>
internal sealed class PostgresClaimStore(
    [FromKeyedServices(DataSourceRole.Ingestion)] RoleDataSource dataSource, IOptions<SchedulingOptions> scheduling, MonthPartitions months, CommitTimes commits) : IClaimStore
{
    /// <summary>Which locks a storing transaction takes, in their order. A test takes them in no order, to see that this is what keeps deadlocks away.</summary>
    internal Func<IEnumerable<ClaimFile>, long[]> LocksOf { get; init; } = LedgerLocks.Of;

    public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) => DescribingAsync<IReadOnlyDictionary<string, FileFate>>(async () =>
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        return await Ledger.FindFatesAsync(connection, facilityId, externalIds, cancellationToken);
    });

    public EncodedClaims BeginEncoding(ClaimFile file) => new EncodedRows(file.FacilityId);

    public Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken) => DescribingAsync(async () =>

        // A file that is read while it is stored may turn out to be broken; then a second transaction records that alone.
        await StoreOnceAsync(batch, cancellationToken) ?? await StoreOnceAsync([.. batch.Select(Voided)], cancellationToken)
            ?? throw new InvalidOperationException("A file without slices cannot turn out to be broken."));

    public Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken) =>
        DescribingAsync(() => KeptFiles.FindAsync(dataSource, facilityId, externalId, cancellationToken));

    public Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken) => DescribingAsync(async () =>
    {
        var batchId = Guid.NewGuid();
        using Activity? span = StoreTraces.Start(batchId, 1);
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        (LedgerEntry[] entries, _) = await Ledger.LockAndFindAsync(connection, [file], LocksOf([file.File]), cancellationToken);
        if (entries[0].Known is not { } known) throw new ClaimStoreException("the ledger does not know the file", isTransient: false);

        FileFate fate = leftOut is null
            ? await Replays.WholeAsync(connection, transaction, months, batchId, file, known, entries[0].TwinExternalId, cancellationToken)
            : await Replays.LeftOutAsync(connection, transaction, months, file, known, leftOut, cancellationToken);
        if (fate.Status != FileStatus.Quarantined) await transaction.CommitAsync(cancellationToken);
        return fate;
    });

    private async Task<T> DescribingAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (NpgsqlException exception)
        {
            if (exception is PostgresException report && StoreErrors.IsMissingPartition(report)) months.Forget();
            throw StoreErrors.Describe(exception);
        }
    }

    /// <returns>The fates, or <see langword="null"/> when a file turned out to be broken after some of it was copied; nothing is stored then.</returns>
    private async Task<IReadOnlyList<FileFate>?> StoreOnceAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        var batchId = Guid.NewGuid();
        using Activity? span = StoreTraces.Start(batchId, batch.Count);
        try
        {
            return await StoreOnceAsync(batchId, batch, cancellationToken);
        }
        catch (Exception exception)
        {
            span.FailStore(exception);
            throw;
        }
    }

    private async Task<IReadOnlyList<FileFate>?> StoreOnceAsync(Guid batchId, IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        (LedgerEntry[] entries, long[] fileIds) = await Ledger.LockAndFindAsync(connection, batch, LocksOf(batch.Select(f => f.File)), cancellationToken);

        var fates = new FileFate[batch.Count];
        var writes = new List<FileWrite>(batch.Count);
        var contents = new Dictionary<(string, string), string>();
        for (int i = 0; i < batch.Count; i++)
        {
            ClaimFile file = batch[i].File;
            if (entries[i].Known is { } known)
            {
                fates[i] = known;
                continue;
            }

            string? twin = entries[i].TwinExternalId;
            (string, string) content = (file.FacilityId, Convert.ToHexString(file.ContentHash.Span));
            bool mayBeStored = batch[i].Outcome?.Status is null or FileStatus.Stored;
            if (twin is null && mayBeStored && !contents.TryAdd(content, file.ExternalId)) twin = contents[content];
            writes.Add(new FileWrite(i, fileIds[i], batch[i], mayBeStored ? twin : null));
        }

        if (writes.Count == 0) return fates;
        await months.EnsureAsync(connection, fileIds[0], cancellationToken);
        await RefusedClaims.CopyAsync(connection, transaction, writes, cancellationToken);
        if (writes.Any(w => w.IsVoid)) return null;
        foreach (FileWrite write in writes) fates[write.Place] = write.Fate();
        await Ledger.InsertAsync(connection, batchId, [.. writes.Select(w => w.Row(fates[w.Place]))], cancellationToken);
        await Fence.HoldAsync(connection, writes.Select(w => w.File.File), scheduling.Value.LeaseTime, cancellationToken);
        await commits.MeasureAsync(() => transaction.CommitAsync(cancellationToken));
        return fates;
    }

    /// <summary>The file with nothing but its outcome, when that says that it cannot be stored.</summary>
    private static ReadFile Voided(ReadFile file) =>
        file.Outcome is { Status: not FileStatus.Stored } outcome ? new VoidFile(file.File, outcome) : file;

    private sealed class VoidFile(ClaimFile file, ReadOutcome outcome) : ReadFile
    {
        public override ClaimFile File => file;

        public override ReadOutcome Outcome => outcome;

        public override IAsyncEnumerable<ClaimSlice> ReadSlicesAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<ClaimSlice>();
    }
}
