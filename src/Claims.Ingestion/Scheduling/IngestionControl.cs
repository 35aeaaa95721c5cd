using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Scheduling;

/// <summary>What a host may ask of the running ingestion. Resolve it from the services.</summary>
public sealed class IngestionControl
{
    private static readonly TimeSpan BackfillStep = TimeSpan.FromDays(1);
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);

    private readonly IFacilityDirectory _directory;
    private readonly IFacilityLease _leases;
    private readonly FacilityRuns _runs;
    private readonly TimeProvider _time;

    internal IngestionControl(IFacilityDirectory directory, IFacilityLease leases, FacilityRuns runs, TimeProvider time)
    {
        _directory = directory;
        _leases = leases;
        _runs = runs;
        _time = time;
    }

    /// <summary>The state of every facility, in the order of their ids.</summary>
    public IReadOnlyList<FacilityState> Facilities => _runs.States;

    /// <summary>
    /// Polls every facility once, now, and waits until the fate of everything fetched is committed. The limit on facilities at once holds. A facility that is
    /// being polled by another host is waited for, as long as a host that died would keep it.
    /// </summary>
    /// <param name="cancellationToken">The token to cancel the polls; what was committed stays.</param>
    /// <returns>What was stored, by facility.</returns>
    public async Task<IngestionReport> PollAllOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Facility> facilities = await _directory.GetFacilitiesAsync(cancellationToken);
        FacilityReport[] reports = await Task.WhenAll(facilities.OrderBy(f => f.Id, StringComparer.Ordinal).Select(f => PollWhenFreeAsync(f, cancellationToken)));
        return new IngestionReport(reports);
    }

    /// <summary>Polls one facility now, also when it is paused, and waits until the fate of everything fetched is committed. Its slots stay as they are.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the poll; what was committed stays.</param>
    /// <returns>What was stored.</returns>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public async Task<FacilityReport> PollAsync(string facilityId, CancellationToken cancellationToken) =>
        await PollAsync(await FindAsync(facilityId, cancellationToken), cancellationToken);

    /// <summary>
    /// Fetches what a facility had in a range of dates and the ledger does not know, at low priority: beside the polls, day by day, and stopping for each slot
    /// of the facility. Not every source can list a range.
    /// </summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="from">The start of the range.</param>
    /// <param name="to">The end of the range, not part of it.</param>
    /// <param name="cancellationToken">The token to cancel the back-fill; what was committed stays, and it may be asked for again.</param>
    /// <returns>What was stored. Its error says from which day on to ask again.</returns>
    /// <exception cref="ArgumentException">There is no such facility, or the range is empty.</exception>
    public async Task<FacilityReport> BackfillAsync(string facilityId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (from >= to) throw new ArgumentException($"The range from {from:u} to {to:u} is empty; its start must lie before its end.", nameof(to));
        Facility facility = await FindAsync(facilityId, cancellationToken);
        var sum = new FacilityReport(facility.Id, 0, 0, 0, 0, default, null);
        for (DateTimeOffset day = from; day < to;)
        {
            DateTimeOffset end = to - day < BackfillStep ? to : day + BackfillStep;
            if (await _runs.BackfillAsync(facility, day, end, cancellationToken) is not var (tally, error))
            {
                // The facility is polled now, here or elsewhere: its slots come first.
                await Task.Delay(BusyRetry, _time, cancellationToken);
                continue;
            }

            FacilityReport report = ReportOf(facility, tally, error);
            sum = IngestionReport.Sum(sum.FacilityId, [sum, report]);
            if (error is not null) return sum with { Error = $"{error} The back-fill ended at {day:u}; ask for it again from there on." };
            day = end;
        }

        return sum;
    }

    /// <summary>Lets the slots of a facility pass, on all hosts and across restarts, until it is resumed. A poll under way ends as usual.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>A task that ends when the pause is remembered; other hosts hear of it within seconds.</returns>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public Task PauseAsync(string facilityId, CancellationToken cancellationToken) => SetPausedAsync(facilityId, true, cancellationToken);

    /// <summary>Ends a pause of <see cref="PauseAsync"/>. One in the facility's settings is not concerned.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>A task that ends when this is remembered; other hosts hear of it within seconds.</returns>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public Task ResumeAsync(string facilityId, CancellationToken cancellationToken) => SetPausedAsync(facilityId, false, cancellationToken);

    /// <summary>Has this host begin no poll any more, and waits until those under way, and all that they fetched, are done. Other hosts go on.</summary>
    /// <param name="cancellationToken">The token to cancel the waiting; the host begins no poll all the same.</param>
    /// <returns>A task that ends when nothing is under way.</returns>
    public Task DrainAsync(CancellationToken cancellationToken) => _runs.DrainAsync(cancellationToken);

    /// <summary>Has a drained host poll again.</summary>
    public void EndDrain() => _runs.Resume();

    private static FacilityReport ReportOf(Facility facility, PollTally tally, string? error) =>
        new(facility.Id, tally.Stored, tally.Quarantined, tally.Skipped, tally.Unfinished, tally.Counts, error);

    private static FacilityReport Busy(Facility facility) => new(facility.Id, 0, 0, 0, 0, default, "the facility is being polled already");

    private async Task<FacilityReport> PollAsync(Facility facility, CancellationToken cancellationToken) =>
        await TryPollAsync(facility, cancellationToken) ?? Busy(facility);

    /// <returns><see langword="null"/> when the facility is being polled already; at once when it is by this host.</returns>
    internal async Task<FacilityReport?> TryPollAsync(Facility facility, CancellationToken cancellationToken) =>
        await _runs.RunAsync(facility, cancellationToken) is var (tally, error) ? ReportOf(facility, tally, error) : null;

    private async Task<FacilityReport> PollWhenFreeAsync(Facility facility, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            if (await TryPollAsync(facility, cancellationToken) is { } report) return report;
            if (_leases.Duration is not { } duration || _time.GetElapsedTime(start) > duration + BusyRetry) return Busy(facility);
            await Task.Delay(BusyRetry, _time, cancellationToken);
        }
    }

    private async Task SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken)
    {
        Facility facility = await FindAsync(facilityId, cancellationToken);
        _runs.EntryOf(facility);
        await _leases.SetPausedAsync(facilityId, isPaused, cancellationToken);
        await _runs.LearnAsync(cancellationToken);
    }

    /// <exception cref="ArgumentException">There is no such facility.</exception>
    internal async Task<Facility> FindAsync(string facilityId, CancellationToken cancellationToken) =>
        (await _directory.GetFacilitiesAsync(cancellationToken)).FirstOrDefault(f => f.Id == facilityId)
            ?? throw new ArgumentException($"There is no facility {facilityId}; see the facilities of the configuration or of the table.", nameof(facilityId));
}
