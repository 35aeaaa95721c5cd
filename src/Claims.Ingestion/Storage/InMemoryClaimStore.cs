using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Storage;

/// <summary>Keeps everything in memory, with the same rules as a durable store. For tests and trials: nothing survives the process.</summary>
public sealed class InMemoryClaimStore : IClaimStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string FacilityId, string ExternalId), FileFate> _ledger = [];
    private readonly Dictionary<(string FacilityId, string Hash), string> _storedContent = [];
    private readonly List<SubmittedClaim> _submitted = [];
    private readonly List<RemittedClaim> _remitted = [];
    private readonly List<ClaimError> _errors = [];

    /// <summary>The stored claims of submissions, in the order of their storing.</summary>
    public IReadOnlyList<SubmittedClaim> Submitted => Copy(_submitted);

    /// <summary>The stored claims of remittances, in the order of their storing.</summary>
    public IReadOnlyList<RemittedClaim> Remitted => Copy(_remitted);

    /// <summary>The claims left out of stored files.</summary>
    public IReadOnlyList<ClaimError> Errors => Copy(_errors);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(
        string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FileFate>(StringComparer.Ordinal);
        lock (_gate)
        {
            foreach (string id in externalIds)
            {
                if (_ledger.TryGetValue((facilityId, id), out FileFate? fate)) found[id] = fate;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<string, FileFate>>(found);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
    {
        var read = new List<(ReadFile File, List<ClaimSlice> Slices)>(batch.Count);
        foreach (ReadFile file in batch)
        {
            var slices = new List<ClaimSlice>();
            await foreach (ClaimSlice slice in file.ReadSlicesAsync(cancellationToken)) slices.Add(slice);
            read.Add((file, slices));
        }

        lock (_gate) return [.. read.Select(item => Store(item.File, item.Slices))];
    }

    private FileFate Store(ReadFile file, List<ClaimSlice> slices)
    {
        (string FacilityId, string) key = (file.File.FacilityId, file.File.ExternalId);
        if (_ledger.TryGetValue(key, out FileFate? known)) return known;

        ReadOutcome outcome = file.Outcome!;
        (string, string) content = (key.FacilityId, Convert.ToHexString(file.File.ContentHash.Span));
        FileFate fate;
        if (outcome.Status != FileStatus.Stored)
        {
            fate = new FileFate(outcome.Status, outcome.Kind, default, outcome.Reason);
        }
        else if (_storedContent.TryGetValue(content, out string? twin))
        {
            fate = new FileFate(FileStatus.Skipped, outcome.Kind, default, $"same content as {twin}");
        }
        else
        {
            foreach (ClaimSlice slice in slices)
            {
                _submitted.AddRange(slice.Submitted);
                _remitted.AddRange(slice.Remitted);
                _errors.AddRange(slice.Errors);
            }

            _storedContent.Add(content, file.File.ExternalId);
            var counts = new FileCounts(
                slices.Sum(s => s.Submitted.Count),
                slices.Sum(s => s.Submitted.Sum(c => c.Activities.Count)),
                slices.Sum(s => s.Remitted.Count),
                slices.Sum(s => s.Errors.Count));
            fate = new FileFate(FileStatus.Stored, outcome.Kind, counts, null);
        }

        _ledger.Add(key, fate);
        return fate;
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_gate) return [.. list];
    }
}
