using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>
/// Stores a batch in one transaction. Order of locks and writes, the same in every transaction: the ledger locks in ascending order,
/// the tables in the order of <see cref="SliceRows"/>, the ledger, the quarantined bytes, the change counts, the leases.
/// </summary>
internal sealed class PostgresClaimStore([FromKeyedServices(DataSourceRole.Ingestion)] NpgsqlDataSource dataSource, IOptions<SchedulingOptions> scheduling) : IClaimStore
{
    /// <summary>Which locks a storing transaction takes, in their order. A test takes them in no order, to see that this is what keeps deadlocks away.</summary>
    internal Func<IEnumerable<ClaimFile>, long[]> LocksOf { get; init; } = LedgerLocks.Of;

    public async Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellationToken);
            return await Ledger.FindFatesAsync(connection, facilityId, externalIds, cancellationToken);
        }
        catch (PostgresException exception)
        {
            throw StoreErrors.Describe(exception);
        }
        catch (NpgsqlException exception)
        {
            throw StoreErrors.Describe(exception);
        }
    }

    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        try
        {
            // A file that is read while it is stored may turn out to be broken; then a second transaction records that alone.
            return await StoreOnceAsync(batch, cancellationToken) ?? await StoreOnceAsync([.. batch.Select(Voided)], cancellationToken)
                ?? throw new InvalidOperationException("A file without slices cannot turn out to be broken.");
        }
        catch (PostgresException exception)
        {
            throw StoreErrors.Describe(exception);
        }
        catch (NpgsqlException exception)
        {
            throw StoreErrors.Describe(exception);
        }
    }

    /// <returns>The fates, or <see langword="null"/> when a file turned out to be broken after some of it was copied; nothing is stored then.</returns>
    private async Task<IReadOnlyList<FileFate>?> StoreOnceAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellationToken);
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
        await CopyAsync(connection, writes, cancellationToken);
        if (writes.Any(w => w.IsVoid)) return null;
        foreach (FileWrite write in writes) fates[write.Place] = write.Fate();
        await Ledger.InsertAsync(connection, [.. writes.Select(w => w.Row(fates[w.Place]))], cancellationToken);
        await Fence.HoldAsync(connection, writes.Select(w => w.File.File), scheduling.Value.LeaseTime, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return fates;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<FileWrite> writes, CancellationToken cancellationToken)
    {
        using var rows = new SliceRows();
        foreach (FileWrite write in writes.Where(w => w.CopiesSlices))
        {
            await foreach (ClaimSlice slice in write.File.ReadSlicesAsync(cancellationToken))
            {
                write.Count(slice);
                rows.Add(new FileSlice(write.FileId, write.File.File.FacilityId, slice));
                if (rows.IsFull) await rows.CopyAsync(connection, cancellationToken);
            }
        }

        await rows.CopyAsync(connection, cancellationToken);
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

    /// <summary>A file of the batch that the ledger does not know yet.</summary>
    private sealed class FileWrite(int place, long fileId, ReadFile file, string? twinExternalId)
    {
        private FileCounts _counts;

        public int Place => place;

        public long FileId => fileId;

        public ReadFile File => file;

        public bool CopiesSlices { get; } = twinExternalId is null && (file.Outcome?.Status is null or FileStatus.Stored);

        /// <summary>Whether slices were copied of a file that cannot be stored after all.</summary>
        public bool IsVoid => CopiesSlices && file.Outcome!.Status != FileStatus.Stored;

        public void Count(ClaimSlice slice) => _counts = new FileCounts(
            _counts.Claims + slice.Submitted.Count,
            _counts.Activities + slice.Submitted.Sum(c => c.Activities.Count),
            _counts.RemittanceClaims + slice.Remitted.Count,
            _counts.LeftOut + slice.Errors.Count);

        public FileFate Fate() =>
            twinExternalId is not null
                ? new FileFate(FileStatus.Skipped, file.Outcome?.Kind, default, $"same content as {twinExternalId}")
                : new FileFate(file.Outcome!.Status, file.Outcome.Kind, _counts, file.Outcome.Reason);

        public LedgerRow Row(FileFate fate) => new(fileId, file.File, fate, file.Outcome?.Header, file.Outcome?.Warnings ?? []);
    }
}
