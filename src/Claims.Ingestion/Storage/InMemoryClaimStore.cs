using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>Keeps everything in memory, with the same rules as a durable store. For tests and trials: nothing survives the process.</summary>
public sealed class InMemoryClaimStore : IClaimStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string FacilityId, string ExternalId), Entry> _ledger = [];
    private readonly Dictionary<(string FacilityId, string Hash), string> _storedContent = [];
    private readonly List<SubmittedClaim> _submitted = [];
    private readonly List<RemittedClaim> _remitted = [];

    /// <summary>The stored claims of submissions, in the order of their storing.</summary>
    public IReadOnlyList<SubmittedClaim> Submitted => Copy(() => _submitted);

    /// <summary>The stored claims of remittances, in the order of their storing.</summary>
    public IReadOnlyList<RemittedClaim> Remitted => Copy(() => _remitted);

    /// <summary>The claims left out of stored files.</summary>
    public IReadOnlyList<ClaimError> Errors => Copy(() => _ledger.Values.SelectMany(e => e.LeftOut.Values));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FileFate>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (string id in externalIds)
            {
                if (_ledger.TryGetValue((facilityId, id), out Entry? entry)) found[id] = entry.Fate;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, FileFate>>(found);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        var read = new List<(ReadFile File, List<ClaimSlice> Slices)>(batch.Count);
        foreach (ReadFile file in batch) read.Add((file, await ReadAsync(file, cancellationToken)));
        lock (_gate) return [.. read.Select(item => Store(item.File, item.Slices, cancellationToken))];
    }

    /// <inheritdoc/>
    public Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(!_ledger.TryGetValue((facilityId, externalId), out Entry? entry) ? null : new KeptFile
            {
                Fate = entry.Fate,
                Name = entry.File.Name,
                ReceivedAt = entry.File.ReceivedAt,
                LeftOut = [.. entry.LeftOut.Values],
                Positions = entry.Kept?.Positions ?? [],
                Content = entry.Kept is null ? null : new MemoryStream(entry.Kept.Content, writable: false),
            });
        }
    }

    /// <inheritdoc/>
    public async Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        List<ClaimSlice> slices = await ReadAsync(file, cancellationToken);
        lock (_gate)
        {
            if (!_ledger.TryGetValue((file.File.FacilityId, file.File.ExternalId), out Entry? entry))
                throw new ClaimStoreException("the ledger does not know the file", isTransient: false);

            if (leftOut is null) return ReplayQuarantined(entry, file, slices, cancellationToken);
            if (leftOut.All(entry.LeftOut.ContainsKey)) ReplayLeftOut(entry, file, slices, leftOut, cancellationToken);
            return entry.Fate;
        }
    }

    private static async Task<List<ClaimSlice>> ReadAsync(ReadFile file, CancellationToken cancellationToken)
    {
        var slices = new List<ClaimSlice>();
        await foreach (ClaimSlice slice in file.ReadSlicesAsync(cancellationToken)) slices.Add(slice);
        return slices;
    }

    private static byte[] Bytes(ClaimFile file)
    {
        using Stream content = file.OpenRead();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private FileFate Store(ReadFile file, List<ClaimSlice> slices, CancellationToken cancellationToken)
    {
        (string, string) key = (file.File.FacilityId, file.File.ExternalId);
        if (_ledger.TryGetValue(key, out Entry? known)) return known.Fate;
        var entry = new Entry(file.File);
        Settle(entry, file, slices, cancellationToken);
        _ledger.Add(key, entry);
        return entry.Fate;
    }

    private FileFate ReplayQuarantined(Entry entry, ReadFile file, List<ClaimSlice> slices, CancellationToken cancellationToken)
    {
        ReadOutcome outcome = file.Outcome!;
        if (entry.Fate.Status != FileStatus.Quarantined) return entry.Fate;
        if (outcome.Status == FileStatus.Quarantined) return new FileFate(outcome.Status, outcome.Kind, default, outcome.Reason);
        Settle(entry, file, slices, cancellationToken);
        return entry.Fate;
    }

    private void Settle(Entry entry, ReadFile file, List<ClaimSlice> slices, CancellationToken cancellationToken)
    {
        ReadOutcome outcome = file.Outcome!;
        (string, string) content = (file.File.FacilityId, Convert.ToHexString(file.File.ContentHash.Span));
        entry.Kept = null;
        if (outcome.Status != FileStatus.Stored)
        {
            entry.Fate = new FileFate(outcome.Status, outcome.Kind, default, outcome.Reason);
            if (outcome.Status == FileStatus.Quarantined) entry.Kept = new KeptClaims { Content = Bytes(file.File), Positions = [] };
        }
        else if (_storedContent.TryGetValue(content, out string? twin))
        {
            entry.Fate = new FileFate(FileStatus.Skipped, outcome.Kind, default, $"same content as {twin}");
        }
        else
        {
            _storedContent.Add(content, file.File.ExternalId);
            foreach (ClaimError error in slices.SelectMany(s => s.Errors)) entry.LeftOut.Add(error.Position, error);
            entry.Fate = new FileFate(FileStatus.Stored, outcome.Kind, Add(slices) with { LeftOut = entry.LeftOut.Count }, null);
            entry.Kept = Cut(file, entry, cancellationToken);
        }
    }

    private void ReplayLeftOut(Entry entry, ReadFile file, List<ClaimSlice> slices, IReadOnlyList<int> leftOut, CancellationToken cancellationToken)
    {
        Dictionary<int, ClaimError> still = slices.SelectMany(s => s.Errors).ToDictionary(e => e.Position);
        foreach (int position in leftOut)
        {
            if (still.TryGetValue(position, out ClaimError? error)) entry.LeftOut[position] = entry.LeftOut[position] with { Rule = error.Rule, Reason = error.Reason };
            else entry.LeftOut.Remove(position);
        }

        FileCounts more = Add(slices);
        FileCounts counts = entry.Fate.Counts;
        entry.Fate = entry.Fate with
        {
            Counts = new FileCounts(counts.Claims + more.Claims, counts.Activities + more.Activities, counts.RemittanceClaims + more.RemittanceClaims, entry.LeftOut.Count),
        };
        entry.Kept = Cut(file, entry, cancellationToken);
    }

    private static KeptClaims? Cut(ReadFile file, Entry entry, CancellationToken cancellationToken) =>
        entry.LeftOut.Count == 0 ? null : file.Excerpt?.Cut([.. entry.LeftOut.Keys], entry.LeftOut.Count, cancellationToken);

    private FileCounts Add(List<ClaimSlice> slices)
    {
        foreach (ClaimSlice slice in slices)
        {
            _submitted.AddRange(slice.Submitted);
            _remitted.AddRange(slice.Remitted);
        }

        return new FileCounts(slices.Sum(s => s.Submitted.Count), slices.Sum(s => s.Submitted.Sum(c => c.Activities.Count)), slices.Sum(s => s.Remitted.Count), 0);
    }

    private List<T> Copy<T>(Func<IEnumerable<T>> list)
    {
        lock (_gate) return [.. list()];
    }

    private sealed class Entry(ClaimFile file)
    {
        public ClaimFile File => file;

        public FileFate Fate { get; set; } = null!;

        public SortedDictionary<int, ClaimError> LeftOut { get; } = [];

        /// <summary>What is kept; without positions for a quarantined file.</summary>
        public KeptClaims? Kept { get; set; }
    }
}
