using System.Globalization;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Diagnostics;

/// <summary>
/// What operators may do to the running ingestion, each with a record of who asked for it and what came of it. Who may ask is for the host to decide. Resolve it from the services.
/// </summary>
/// <remarks>An action that cannot be recorded is not done. The records are in <c>claims.operator_action</c> with PostgreSQL, else in memory; the log has them too.</remarks>
public sealed class OperatorActions
{
    private const int LongestName = 100;
    private const int LongestTarget = 200;

    private static readonly TimeSpan RecordLimit = TimeSpan.FromSeconds(10);

    private readonly IngestionControl _control;
    private readonly FileReplay _replay;
    private readonly IFileDesk? _files;
    private readonly IViewDesk? _views;
    private readonly IActionTrail _trail;
    private readonly RunningActions _running;
    private readonly TimeProvider _time;
    private readonly ILogger<OperatorActions> _logger;

    internal OperatorActions(
        IngestionControl control, FileReplay replay, IFileDesk? files, IViewDesk? views, IActionTrail trail, RunningActions running, TimeProvider time, ILogger<OperatorActions> logger)
    {
        _control = control;
        _replay = replay;
        _files = files;
        _views = views;
        _trail = trail;
        _running = running;
        _time = time;
        _logger = logger;
    }

    /// <summary>Begins to poll a facility now, also when it is paused, and does not wait for the end. Its slots stay as they are.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel the asking; what was begun goes on.</param>
    /// <returns>The begun poll.</returns>
    /// <exception cref="OperatorActionException">There is no such facility, it is being polled already, or the action could not be recorded.</exception>
    public Task<BegunAction> PollAsync(string facilityId, string by, CancellationToken cancellationToken) =>
        BeginAsync("poll", facilityId, by, async stopping =>
        {
            Facility facility = await FindFacilityAsync(facilityId, stopping);
            Task<FacilityReport?> poll = _control.TryPollAsync(facility, stopping);
            return poll.IsCompletedSuccessfully && await poll is null ? throw Busy(facilityId) : EndAsync();
            async Task<string> EndAsync() => Describe(await poll ?? throw Busy(facilityId));
        }, cancellationToken);

    /// <summary>Begins to fetch what a facility had in a range of dates and the ledger does not know, and does not wait for the end; see <see cref="IngestionControl.BackfillAsync"/>.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="from">The start of the range.</param>
    /// <param name="to">The end of the range, not part of it.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel the asking; what was begun goes on.</param>
    /// <returns>The begun back-fill.</returns>
    /// <exception cref="OperatorActionException">There is no such facility, the range is empty, or the action could not be recorded.</exception>
    public Task<BegunAction> BackfillAsync(string facilityId, DateTimeOffset from, DateTimeOffset to, string by, CancellationToken cancellationToken) =>
        BeginAsync("backfill", FormattableString.Invariant($"{facilityId} from {from.UtcDateTime:yyyy-MM-dd HH:mm} to {to.UtcDateTime:yyyy-MM-dd HH:mm} UTC"), by, async stopping =>
        {
            await FindFacilityAsync(facilityId, stopping);
            if (from >= to) throw new OperatorActionException(OperatorRefusal.Invalid, $"The range from {from:u} to {to:u} is empty; its start must lie before its end.");
            return EndAsync();
            async Task<string> EndAsync() => Describe(await _control.BackfillAsync(facilityId, from, to, stopping));
        }, cancellationToken);

    /// <summary>Lets the slots of a facility pass, on all hosts and across restarts, until it is resumed. A poll under way ends as usual.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The action with its outcome.</returns>
    /// <exception cref="OperatorActionException">There is no such facility, or the action could not be recorded or done.</exception>
    public Task<OperatorAction> PauseAsync(string facilityId, string by, CancellationToken cancellationToken) =>
        ActAsync("pause", facilityId, by, async () =>
        {
            await FindFacilityAsync(facilityId, cancellationToken);
            await _control.PauseAsync(facilityId, cancellationToken);
            return "paused until it is resumed";
        }, cancellationToken);

    /// <summary>Ends a pause of <see cref="PauseAsync"/>. One in the facility's settings is not concerned.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The action with its outcome.</returns>
    /// <exception cref="OperatorActionException">There is no such facility, or the action could not be recorded or done.</exception>
    public Task<OperatorAction> ResumeAsync(string facilityId, string by, CancellationToken cancellationToken) =>
        ActAsync("resume", facilityId, by, async () =>
        {
            Facility facility = await FindFacilityAsync(facilityId, cancellationToken);
            await _control.ResumeAsync(facilityId, cancellationToken);
            return facility.IsPaused ? "resumed, but its settings keep it paused" : "resumed";
        }, cancellationToken);

    /// <summary>Stores what was not stored of a file, after its cause is mended; see <see cref="FileReplay"/>.</summary>
    /// <param name="fileId">The file's number in the ledger.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel it; nothing is then changed.</param>
    /// <returns>The fate of the file from now on; <see cref="FileStatus.Quarantined"/> with the present reason when a quarantined file still cannot be stored.</returns>
    /// <exception cref="OperatorActionException">There is no such file, there is nothing to store of it, or it could not be recorded or done.</exception>
    public async Task<FileFate> RequeueAsync(long fileId, string by, CancellationToken cancellationToken)
    {
        FileFate? fate = null;
        await ActAsync("requeue", fileId.ToString(CultureInfo.InvariantCulture), by, async () =>
        {
            if (_files is null) throw new OperatorActionException(OperatorRefusal.NotPossible, "The store of this host has no ledger to look files up in.");
            FileEntry file = (await _files.FindAsync(fileId, cancellationToken))?.Entry
                ?? throw new OperatorActionException(OperatorRefusal.Unknown, $"There is no file {fileId} in the ledger; see the list of files for the numbers.");
            fate = await _replay.ReplayAsync(file.FacilityId, file.ExternalId, cancellationToken: cancellationToken);
            return Describe(fate);
        }, cancellationToken);
        return fate!;
    }

    /// <summary>Begins to bring a report or view up to date, without blocking its readers, and does not wait for the end.</summary>
    /// <param name="name">The view.</param>
    /// <param name="by">Who asks for it: up to 100 printable characters.</param>
    /// <param name="cancellationToken">The token to cancel the asking; what was begun goes on.</param>
    /// <returns>The begun refresh.</returns>
    /// <exception cref="OperatorActionException">There is no such view, or the action could not be recorded.</exception>
    public Task<BegunAction> RefreshViewAsync(string name, string by, CancellationToken cancellationToken) =>
        BeginAsync("refresh", name, by, stopping =>
        {
            if (_views is null) throw new OperatorActionException(OperatorRefusal.NotPossible, "The store of this host has no views.");
            long start = _time.GetTimestamp();
            Task refresh;
            try
            {
                refresh = _views.RefreshAsync(name, $"{by} asked for it", stopping);
            }
            catch (ArgumentException unknown)
            {
                throw new OperatorActionException(OperatorRefusal.Unknown, unknown.Message, unknown);
            }

            return Task.FromResult(EndAsync());
            async Task<string> EndAsync()
            {
                await refresh;
                return string.Create(CultureInfo.InvariantCulture, $"refreshed in {_time.GetElapsedTime(start).TotalSeconds:0.0} s");
            }
        }, cancellationToken);

    /// <summary>Reads what operators asked for, the newest first.</summary>
    /// <param name="before">Only actions of lower numbers; <see langword="null"/> to begin with the newest.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    /// <returns>The actions.</returns>
    public Task<IReadOnlyList<OperatorAction>> GetActionsAsync(long? before, int limit, CancellationToken cancellationToken) => _trail.ReadAsync(before, limit, cancellationToken);

    private static OperatorActionException Busy(string facilityId) => new(OperatorRefusal.NotPossible, $"Facility {facilityId} is being polled already; nothing has to be done.");

    private static string Describe(FacilityReport report)
    {
        string counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Stored} files stored, {report.Quarantined} quarantined, {report.Skipped} skipped, {report.Unfinished} left for the next poll; {report.Counts.Claims + report.Counts.RemittanceClaims} claims");
        return report.Error is null ? counts : throw new OperatorActionException(OperatorRefusal.Failed, $"{report.Error} ({counts})");
    }

    private static string Describe(FileFate fate) => fate.Status == FileStatus.Stored
        ? string.Create(CultureInfo.InvariantCulture, $"stored: {fate.Counts.Claims + fate.Counts.RemittanceClaims} claims, {fate.Counts.LeftOut} left out")
        : $"{fate.Status.ToString().ToLowerInvariant()} still: {fate.Reason}";

    private async Task<Facility> FindFacilityAsync(string facilityId, CancellationToken cancellationToken)
    {
        try
        {
            return await _control.FindAsync(facilityId, cancellationToken);
        }
        catch (ArgumentException unknown)
        {
            throw new OperatorActionException(OperatorRefusal.Unknown, $"There is no facility {facilityId}; see the list of facilities for their ids.", unknown);
        }
    }

    /// <summary>Does what is quickly done.</summary>
    private async Task<OperatorAction> ActAsync(string action, string target, string by, Func<Task<string>> act, CancellationToken cancellationToken)
    {
        OperatorAction asked = await AskAsync(action, target, by, cancellationToken);
        try
        {
            return await EndAsync(asked, await act(), null);
        }
        catch (Exception exception)
        {
            OperatorActionException refusal = Refusal(asked, exception, cancellationToken);
            await EndAsync(asked, null, refusal.Message);
            if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw refusal;
        }
    }

    /// <summary>Begins what may take long, or refuses it. What has begun belongs to the host, not to who asked for it.</summary>
    private async Task<BegunAction> BeginAsync(string action, string target, string by, Func<CancellationToken, Task<Task<string>>> begin, CancellationToken cancellationToken)
    {
        OperatorAction asked = await AskAsync(action, target, by, cancellationToken);
        Task<string> begun;
        try
        {
            begun = await Detached(() => begin(_running.Stopping));
        }
        catch (Exception exception)
        {
            OperatorActionException refusal = Refusal(asked, exception, _running.Stopping);
            await EndAsync(asked, null, refusal.Message);
            throw refusal;
        }

        Task<OperatorAction> completion = Detached(() => CompleteAsync(asked, begun));
        _running.Track(completion);
        return new BegunAction(asked, completion);
    }

    private async Task<OperatorAction> CompleteAsync(OperatorAction asked, Task<string> begun)
    {
        try
        {
            return await EndAsync(asked, await begun, null);
        }
        catch (Exception exception)
        {
            return await EndAsync(asked, null, Refusal(asked, exception, _running.Stopping).Message);
        }
    }

    /// <summary>Neither the trace nor the scope of who asked for it goes on with it.</summary>
    private static Task<T> Detached<T>(Func<Task<T>> work)
    {
        using (ExecutionContext.SuppressFlow()) return Task.Run(work);
    }

    private async Task<OperatorAction> AskAsync(string action, string target, string by, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        if (by.Length > LongestName || by.Any(char.IsControl)) throw new ArgumentException($"A name may have up to {LongestName} printable characters.", nameof(by));
        string shown = new([.. target.Where(c => !char.IsControl(c)).Take(LongestTarget)]);
        _logger.ActionAsked(by, action, shown);
        try
        {
            return await _trail.AskedAsync(by, action, shown, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var refusal = new OperatorActionException(
                OperatorRefusal.Failed, $"Nothing was done, because it could not be recorded: {_trail.Explain(exception) ?? exception.GetType().Name}. Ask again when the database is available.", exception);
            _logger.ActionNotDone(by, action, shown, refusal.Message);
            throw refusal;
        }
    }

    /// <summary>Records what came of an action, also when who asked for it has gone, within a time of its own.</summary>
    private async Task<OperatorAction> EndAsync(OperatorAction asked, string? outcome, string? error)
    {
        if (outcome is not null) _logger.ActionDone(asked.By, asked.Action, asked.Target, outcome);
        else _logger.ActionNotDone(asked.By, asked.Action, asked.Target, error ?? "");
        using var limit = new CancellationTokenSource(RecordLimit, _time);
        try
        {
            return await _trail.EndedAsync(asked, outcome, error, limit.Token);
        }
        catch (Exception exception)
        {
            _logger.OutcomeNotRecorded(asked.Id, _trail.Explain(exception) ?? exception.GetType().Name);
            return asked with { Outcome = outcome, Error = error, EndedAt = _time.GetUtcNow() };
        }
    }

    private OperatorActionException Refusal(OperatorAction asked, Exception exception, CancellationToken given)
    {
        switch (exception)
        {
            case OperatorActionException refusal:
                return refusal;
            case OperationCanceledException when _running.Stopping.IsCancellationRequested:
                return new(OperatorRefusal.NotPossible, "The host is stopping, so this was ended; ask again when it runs. What was stored stays.", exception);
            case OperationCanceledException when given.IsCancellationRequested:
                return new(OperatorRefusal.NotPossible, "Who asked for it gave it up before its end.", exception);
            case FileReplayException:
                return new(OperatorRefusal.NotPossible, $"The file cannot be stored again: {exception.Message}.", exception);
            case ClaimStoreException:
                return new(OperatorRefusal.Failed, $"The store did not take it: {exception.Message}.", exception);
        }

        if (_trail.Explain(exception) is { } reason) return new(OperatorRefusal.Failed, $"It failed: {reason}.", exception);
        _logger.ActionCrashed(asked.By, asked.Action, asked.Target, exception);
        return new(OperatorRefusal.Failed, $"It failed in an unexpected way ({exception.GetType().Name}); the log says more.", exception);
    }
}
