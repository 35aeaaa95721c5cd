using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Scheduling;

/// <summary>
/// Renews the leases of the polls that are at work, ends the polls whose leases are lost, and takes over polls whose hosts died. It is the last to stop, so
/// that leases are renewed, and then given back, while the pipeline drains.
/// </summary>
internal sealed class LeaseKeeper(
    IFacilityLease leases, HeldLeases held, FacilityRuns runs, IOptions<SchedulingOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestRound = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private bool _isFailing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The pipeline has stopped: every poll learns the fate of its files now and gives its lease back.
        await runs.WhenIdleAsync().WaitAsync(EndLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    /// <summary>Renews what is due to be renewed and takes over what was abandoned.</summary>
    internal async Task RunOnceAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            await RenewAsync(duration, cancellationToken);
            if (options.Value.Enabled && !runs.IsDraining) await TakeOverAsync(cancellationToken);
            _isFailing = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing) logger.LeasesUnavailable(LongestRound, exception.Message);
            _isFailing = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (leases.Duration is not { } duration) return;
        TimeSpan round = duration / 8 < LongestRound ? duration / 8 : LongestRound;
        try
        {
            while (true)
            {
                await RunOnceAsync(duration, stoppingToken);
                await Task.Delay(round, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task RenewAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        // Whatever the database says later: a lease that this host could not renew in time may be another's by now.
        IReadOnlyList<HeldLeases.Held> all = held.All;
        foreach (HeldLeases.Held old in all.Where(h => time.GetElapsedTime(h.RenewedAt) >= duration)) old.Lose();
        HeldLeases.Held[] due = [.. all.Where(h => !h.Lost.IsCancellationRequested && time.GetElapsedTime(h.RenewedAt) >= duration / 3)];
        if (due.Length == 0) return;
        long asked = time.GetTimestamp();
        using var limit = new CancellationTokenSource(duration / 3, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HashSet<FacilityLease> renewed = [.. await leases.RenewAsync([.. due.Select(h => h.Lease)], linked.Token)];
        foreach (HeldLeases.Held lease in due)
        {
            if (renewed.Contains(lease.Lease)) lease.RenewedAt = asked;
            else lease.Lose();
        }
    }

    private async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        foreach (AbandonedSlot slot in await leases.FindAbandonedAsync(cancellationToken))
        {
            if (runs.Find(slot.FacilityId) is { IsIdle: true } entry) runs.Add(entry, slot.Slot, PollKind.TakeOver, cancellationToken);
        }
    }
}
