using System.Globalization;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

/// <summary>Stores what was not stored of a file, after its cause is mended: the claims that were left out, or a quarantined file as a whole.</summary>
public sealed class FileReplay
{
    private readonly IClaimStore _store;
    private readonly FileLoader _loader;
    private readonly PipelineOptions _pipeline;
    private readonly ReadingOptions _reading;

    internal FileReplay(IClaimStore store, FileLoader loader, IOptions<PipelineOptions> pipeline, IOptions<ReadingOptions> reading)
    {
        _store = store;
        _loader = loader;
        _pipeline = pipeline.Value;
        _reading = reading.Value;
    }

    /// <summary>Reads what is kept of a file again, with the present reader and options, and stores what passes now, in one transaction.</summary>
    /// <remarks>Claims that pass have the place in the file that they had before; what still fails stays left out, and kept. Only what is missing is stored: to repeat it doubles nothing.</remarks>
    /// <param name="facilityId">The facility of the file.</param>
    /// <param name="externalId">The file's external id.</param>
    /// <param name="corrected">
    /// A document to take instead of what is kept: the whole file for a quarantined one; for a stored one the left-out claims, all of them or all that are kept,
    /// in their order, with their ids. It is not disposed.
    /// </param>
    /// <param name="cancellationToken">The token to cancel the replay; nothing is then changed.</param>
    /// <returns>The fate of the file from now on; <see cref="FileStatus.Quarantined"/> with the present reason when a quarantined file still cannot be stored.</returns>
    /// <exception cref="FileReplayException">The file is unknown, there is nothing to replay, nothing is kept, or the corrected document does not match.</exception>
    /// <exception cref="ClaimStoreException">The store did not take it; the exception says whether trying again may help.</exception>
    public async Task<FileFate> ReplayAsync(string facilityId, string externalId, Stream? corrected = null, CancellationToken cancellationToken = default)
    {
        await using KeptFile kept = await _store.FindKeptAsync(facilityId, externalId, cancellationToken)
            ?? throw new FileReplayException($"facility {facilityId} has no file {externalId} in the ledger");
        bool isWhole = kept.Fate.Status == FileStatus.Quarantined;
        if (!isWhole && kept.LeftOut.Count == 0)
            throw new FileReplayException($"there is nothing to replay: the file is {kept.Fate.Status.ToString().ToLowerInvariant()} and no claim of it is left out");

        Stream source = corrected ?? kept.Content
            ?? throw new FileReplayException("nothing is kept of what was left out, so a corrected document is needed: the file's reader does not keep claims, or they were too large");
        using FetchedContent content = await FetchedContent.FetchAsync(
            source, Math.Max(_reading.MaxFileBytes, ClaimExcerpt.MaxBytes), _pipeline.MaxBytesInMemory, _pipeline.SpoolDirectory ?? Path.GetTempPath(), cancellationToken);

        // The store needs its connection no more, and may have only one.
        await kept.DisposeAsync();
        ReadFile document = await LoadAsync(facilityId, externalId, kept, content, cancellationToken);
        if (isWhole) return await StoreAsync(document, leftOut: null, cancellationToken);
        IReadOnlyList<int> positions = await MatchAsync(document, kept, isCorrected: corrected is not null, cancellationToken);
        return await StoreAsync(new ReplayedFile(document, positions), positions, cancellationToken);
    }

    private async Task<ReadFile> LoadAsync(string facilityId, string externalId, KeptFile kept, FetchedContent content, CancellationToken cancellationToken)
    {
        var file = new ClaimFile
        {
            FacilityId = facilityId,
            ExternalId = externalId,
            Name = kept.Name,
            ReceivedAt = kept.ReceivedAt,
            Length = content.Length,
            ContentHash = await PayloadDecoder.HashAsync(content.OpenRead, content.Hash, _reading, cancellationToken),
            OpenRead = content.OpenRead,
        };
        return _loader.LoadSlices(file, content.IsCut, cancellationToken);
    }

    /// <summary>Makes sure that a document holds the claims that were left out, and says which is which.</summary>
    private static async Task<IReadOnlyList<int>> MatchAsync(ReadFile document, KeptFile kept, bool isCorrected, CancellationToken cancellationToken)
    {
        var ids = new SortedDictionary<int, string?>();
        await foreach (ClaimSlice slice in document.ReadSlicesAsync(cancellationToken))
        {
            foreach (SubmittedClaim claim in slice.Submitted) ids.Add(claim.Position, claim.Id);
            foreach (RemittedClaim claim in slice.Remitted) ids.Add(claim.Position, claim.Id);
            foreach (ClaimError error in slice.Errors) ids.Add(error.Position, error.ClaimId);
        }

        string what = isCorrected ? "the corrected document" : "what is kept";
        if (document.Outcome is not { Status: FileStatus.Stored } outcome)
            throw new FileReplayException($"{what} cannot be stored: {document.Outcome?.Reason}");

        if (outcome.Kind != kept.Fate.Kind)
            throw new FileReplayException($"{what} is a {outcome.Kind}, the file is a {kept.Fate.Kind}");

        IReadOnlyList<int> positions = ids.Count == kept.Positions.Count ? kept.Positions : [.. kept.LeftOut.Select(e => e.Position)];
        if (ids.Count != positions.Count)
            throw new FileReplayException(string.Create(CultureInfo.InvariantCulture, $"{what} holds {ids.Count} claims; {kept.LeftOut.Count} are left out and {kept.Positions.Count} of them kept"));

        Dictionary<int, string?> known = kept.LeftOut.ToDictionary(e => e.Position, e => e.ClaimId);
        foreach ((int place, string? id) in ids)
        {
            int position = positions[place - 1];
            if (id is not null && known.GetValueOrDefault(position) is { } expected && id != expected)
                throw new FileReplayException(string.Create(CultureInfo.InvariantCulture, $"claim {place} of {what} has another id than the claim that was left out at position {position}"));
        }

        return positions;
    }

    private async Task<FileFate> StoreAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _store.ReplayAsync(file, leftOut, cancellationToken);
            }
            catch (ClaimRefusedException refused) when (PrunedFile.Without(file, refused.Claims) is { } pruned)
            {
                file = pruned;
            }
        }
    }
}
