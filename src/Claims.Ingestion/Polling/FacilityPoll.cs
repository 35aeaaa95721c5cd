using System.Diagnostics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Polling;

/// <summary>One poll of one facility: list, acknowledge what is known, fetch the rest into the pipeline.</summary>
internal sealed class FacilityPoll(
    IEnumerable<IFacilityPoller> pollers,
    IClaimStore store,
    IngestionPipeline pipeline,
    IOptions<PollingOptions> polling,
    IOptions<PipelineOptions> budgets,
    IOptions<ReadingOptions> reading,
    IOptions<SchedulingOptions> scheduling,
    TimeProvider time,
    ILogger<FacilityPoll> logger)
{
    /// <summary>How many listed files are looked up in the ledger at once.</summary>
    private const int LookUpSize = 200;

    /// <summary>Polls the facility. It returns when everything listed is fetched, or was tried; the tally completes when all of it is stored.</summary>
    /// <exception cref="FacilityPollException">The poll failed; what was fetched before is stored all the same.</exception>
    public async Task RunAsync(PollOrder order, PollTally tally, CancellationToken cancellationToken)
    {
        Facility facility = order.Facility;
        TimeSpan timeout = facility.PollTimeout ?? scheduling.Value.PollTimeout;
        try
        {
            IFacilityPoller poller = pollers.LastOrDefault(p => p.Kind == facility.PollerKind)
                ?? throw new FacilityPollException($"Facility {facility.Id} asks for the poller '{facility.PollerKind}', which is not registered.");
            using var deadline = new PollDeadline(timeout, time, cancellationToken);
            try
            {
                await FetchAllAsync(order, poller, tally, deadline);
            }
            catch (OperationCanceledException) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
            {
                throw new FacilityPollException(
                    $"The poll of facility {facility.Id} took longer than {timeout}; the next poll goes on. Raise Claims:Scheduling:PollTimeout, or the facility's own, if its files need more time.{tally.DownloadError}")
                {
                    Outcome = PollOutcome.TimedOut,
                };
            }
        }
        finally
        {
            tally.EndListing();
        }
    }

    private async Task FetchAllAsync(PollOrder order, IFacilityPoller poller, PollTally tally, PollDeadline deadline)
    {
        Facility facility = order.Facility;
        string? acknowledgementError = pipeline.AcknowledgementErrors.ErrorOf(facility.Id);
        bool isAcknowledged = true;

        // A back-fill is in no hurry.
        int atOnce = order.Range is null ? polling.Value.DownloadsPerFacility : 1;
        var downloads = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = deadline.Token };
        await foreach (RemoteFile[] listed in List(order, poller, deadline.Token).Chunk(LookUpSize).WithCancellation(deadline.Token))
        {
            IReadOnlyDictionary<string, FileFate> known = await store.FindFatesAsync(facility.Id, [.. listed.Select(f => f.ExternalId)], deadline.Token);
            await Parallel.ForEachAsync(listed.DistinctBy(f => f.ExternalId), downloads, async (file, _) =>
            {
                bool isKnown = known.TryGetValue(file.ExternalId, out FileFate? fate);

                // A back-fill lists what was acknowledged long ago.
                if (isKnown && order.Range is not null) return;
                if (isKnown) isAcknowledged = false;
                if (!pipeline.InFlight.TryAdd(facility.Id, file.ExternalId)) return;
                if (isKnown)
                    pipeline.SubmitKnown(new FileInFlight(facility, poller, file, pipeline.InFlight, null, null) { Trace = Activity.Current?.Context ?? default }, fate!);
                else
                    await FetchAsync(order, poller, file, tally, deadline);
            });
        }

        if (isAcknowledged && order.Range is null) pipeline.AcknowledgementErrors.Settle(facility.Id, acknowledgementError);
    }

    private static IAsyncEnumerable<RemoteFile> List(PollOrder order, IFacilityPoller poller, CancellationToken cancellationToken) => order.Range is { } range
        ? poller.ListRangeAsync(order.Facility, range.From, range.To, cancellationToken)
        : poller.ListAsync(order.Facility, cancellationToken);

    private async Task FetchAsync(PollOrder order, IFacilityPoller poller, RemoteFile remote, PollTally tally, PollDeadline deadline)
    {
        Facility facility = order.Facility;
        FlowBudget.Reservation reservation;
        deadline.Pause();
        try
        {
            reservation = await pipeline.Budget.ReserveAsync(facility.Id, remote.Length ?? polling.Value.AssumedFileBytes, deadline.Token);
        }
        catch
        {
            pipeline.InFlight.Remove(facility.Id, remote.ExternalId);
            throw;
        }
        finally
        {
            deadline.Resume();
        }

        using PollDeadline.Work work = deadline.BeginWork();
        tally.Expect();
        var file = new FileInFlight(facility, poller, remote, pipeline.InFlight, reservation, tally);
        using Activity? span = Traces.StartFetch(file);
        using IDisposable? scope = logger.AboutFile(facility.Id, remote.ExternalId);
        try
        {
            if (await DownloadAsync(facility, poller, remote, deadline.Token) is not { } content)
            {
                logger.FileNotReady(facility.Id);
                file.FinishGone();
                return;
            }

            file.Attach(content);
            file.File = new ClaimFile
            {
                FacilityId = facility.Id,
                LeaseEpoch = order.LeaseEpoch,
                PollId = order.Id,
                TraceId = Traces.IdOf(file.Trace),
                ExternalId = remote.ExternalId,
                Name = remote.Name,
                ReceivedAt = time.GetUtcNow(),
                Length = content.Length,
                ContentHash = await PayloadDecoder.HashAsync(content.OpenRead, content.Hash, reading.Value, deadline.Token),
                OpenRead = content.OpenRead,
            };
            span?.SetTag(Tag.Bytes, content.Length);
            await pipeline.SubmitAsync(file, deadline.Token);
        }
        catch (FacilityPollException exception) when (exception.EndsPoll)
        {
            span.Fail(exception);
            file.Finish(null);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !deadline.Token.IsCancellationRequested)
        {
            // One file that cannot be fetched keeps no other waiting; it is listed again at the next poll.
            span.Fail(exception);
            logger.DownloadFailed(facility.Id, remote.ExternalId, exception.Message);
            tally.DownloadFailed(exception.Message);
            file.Finish(null);
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            file.Finish(null);
            throw;
        }
    }

    private async Task<FetchedContent?> DownloadAsync(Facility facility, IFacilityPoller poller, RemoteFile remote, CancellationToken cancellationToken)
    {
        await using Stream? source = await poller.OpenAsync(facility, remote, cancellationToken);
        if (source is null) return null;
        PipelineOptions limits = budgets.Value;
        return await FetchedContent.FetchAsync(
            source, reading.Value.MaxFileBytes, limits.MaxBytesInMemory, limits.SpoolDirectory ?? Path.GetTempPath(), cancellationToken);
    }
}
