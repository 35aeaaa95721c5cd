using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Scheduling;

/// <summary>What a host may ask of the running ingestion. Resolve it from the services.</summary>
public sealed class IngestionControl
{
    private readonly IFacilityDirectory _directory;
    private readonly FacilityRuns _runs;

    internal IngestionControl(IFacilityDirectory directory, FacilityRuns runs)
    {
        _directory = directory;
        _runs = runs;
    }

    /// <summary>The state of every facility, in the order of their ids.</summary>
    public IReadOnlyList<FacilityState> Facilities => _runs.States;

    /// <summary>Polls every facility once, now, and waits until the fate of everything fetched is committed. The limit on facilities at once holds.</summary>
    /// <param name="cancellationToken">The token to cancel the polls; what was committed stays.</param>
    /// <returns>What was stored, by facility.</returns>
    public async Task<IngestionReport> PollAllOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Facility> facilities = await _directory.GetFacilitiesAsync(cancellationToken);
        FacilityReport[] reports = await Task.WhenAll(facilities.OrderBy(f => f.Id, StringComparer.Ordinal).Select(f => PollAsync(f, cancellationToken)));
        return new IngestionReport(reports);
    }

    private async Task<FacilityReport> PollAsync(Facility facility, CancellationToken cancellationToken)
    {
        if (await _runs.RunAsync(facility, cancellationToken) is not var (tally, error))
            return new FacilityReport(facility.Id, 0, 0, 0, 0, default, "the facility is being polled already");
        await tally.Completion.WaitAsync(cancellationToken);
        return new FacilityReport(facility.Id, tally.Stored, tally.Quarantined, tally.Skipped, tally.Unfinished, tally.Counts, error);
    }
}
