using System.Diagnostics;
using System.Threading.Channels;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Pipeline;

/// <summary>The stages between the download and the acknowledgement: reading, writing, acknowledging. Everything flows one way.</summary>
internal sealed class IngestionPipeline : IHostedService, IAsyncDisposable
{
    /// <summary>How long a stop waits for work that does not heed its cancellation.</summary>
    internal static readonly TimeSpan AbandonTime = TimeSpan.FromSeconds(5);

    private const string Admission = "admission";

    private readonly PipelineOptions _options;
    private readonly FileLoader _loader;
    private readonly BatchWriter _writer;
    private readonly BatchSizer _sizer;
    private readonly Governed _governed;
    private readonly FacilityMetrics _facilities;
    private readonly TimeProvider _time;
    private readonly ILogger<IngestionPipeline> _logger;
    private readonly StageMeter _readingMeter;
    private readonly StageMeter _writingMeter;
    private readonly StageMeter _acknowledgingMeter;
    private readonly StageGroup<FileInFlight> _reading;
    private readonly StageGroup<(FileInFlight File, ReadFile Read)> _writing;
    private readonly AcknowledgingStage _acknowledging;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _stopped;

    public IngestionPipeline(
        IOptions<PipelineOptions> options, FileLoader loader, BatchWriter writer, BatchSizer sizer, Governed governed, FlowMetrics metrics, FacilityMetrics facilities, TimeProvider time,
        ILogger<IngestionPipeline> logger)
    {
        _options = options.Value;
        _governed = governed;
        _facilities = facilities;
        InFlight = new FilesInFlight(time);
        _loader = loader;
        _writer = writer;
        _sizer = sizer;
        _time = time;
        _logger = logger;
        (_readingMeter, _writingMeter, _acknowledgingMeter) = (new(metrics, "reading", time), new(metrics, "writing", time), new(metrics, "acknowledging", time));
        Budget = new FlowBudget(_options.MaxFilesInFlight, _options.MaxBytesInFlight, new StageMeter(metrics, Admission, time));
        _reading = new(_options.MaxFilesInFlight, () => long.MaxValue, _options.Readers, _readingMeter, logger.StageFailed);

        // What is read takes many times the memory of its bytes, and the longer it waits, the more often the garbage collector moves it: no more is read ahead than the next batch needs.
        _writing = new(_options.BatchFiles, () => _sizer.Claims, _options.Writers, _writingMeter, logger.StageFailed);
        _acknowledging = new(_options.AcknowledgersPerFacility, _options.MaxAcknowledgers, _acknowledgingMeter, logger.StageFailed);
        metrics.Observe(() => Flow, () => InFlight.OldestAge);
    }

    public FlowBudget Budget { get; }

    public FilesInFlight InFlight { get; }

    public AcknowledgementErrors AcknowledgementErrors { get; } = new();

    /// <summary>Whether the stages run, and if not, which one failed.</summary>
    public (bool IsRunning, string? Fault) State
    {
        get
        {
            string? fault = _reading.Fault is not null ? _reading.Name : _writing.Fault is not null ? _writing.Name : _acknowledging.Fault is not null ? _acknowledging.Name : null;
            return (_started != 0 && _stopped == 0 && fault is null, fault);
        }
    }

    public (int Reading, int Writing, int Acknowledging) Waiting => (_reading.Waiting, _writing.Waiting, _acknowledging.Waiting);

    /// <summary>How full each stage is, and which one holds up the others.</summary>
    public PipelineFlow Flow
    {
        get
        {
            (int files, int mostFiles, long bytes, long mostBytes) = Budget.Use;
            StageFlow[] stages = [new(Admission, files, _options.MaxFilesInFlight, mostFiles), _reading.Flow, _writing.Flow, _acknowledging.Flow];

            // Files that wait nowhere are being written: an acknowledgement holds nothing of the budget.
            string? bottleneck = !Budget.IsFull ? null
                : !_writing.IsFull && stages[1].Items > stages[2].Items ? _reading.Name : _writing.Name;
            return new PipelineFlow(stages, Budget.Waiting, bytes, _options.MaxBytesInFlight, mostBytes, _sizer.Claims, bottleneck);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0) return Task.CompletedTask;
        _reading.Start(ReadAsync, file => file.Finish(null), _abort.Token);
        _writing.Start(WriteAsync, item => item.File.Finish(null), _abort.Token);
        _acknowledging.Start(AcknowledgeAsync, _abort.Token);
        return Task.CompletedTask;
    }

    /// <summary>Hands a fetched file to the pipeline; waits while it is full.</summary>
    public ValueTask SubmitAsync(FileInFlight file, CancellationToken cancellationToken) =>
        _reading.WriteAsync(file.Facility.Id, ClaimEstimate.OfBytes(file.File!.Length), isLarge: false, file, cancellationToken);

    /// <summary>Hands a file whose fate is known already to the acknowledging stage. It never waits.</summary>
    public void SubmitKnown(FileInFlight file, FileFate fate) => _acknowledging.Add(file, fate);

    /// <summary>Stops in the order of the flow, within the drain time: nothing new, finish what is here, then abandon the rest.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_started == 0) return;
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            await _ended.Task.WaitAsync(cancellationToken);
            return;
        }

        try
        {
            if (InFlight.Count > 0) _logger.Draining(InFlight.Count, _options.DrainTimeout);
            Task drained = DrainAsync();
            try
            {
                await drained.WaitAsync(_options.DrainTimeout, _time, cancellationToken);
            }
            catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
            {
                _logger.DrainTimedOut(InFlight.Count);
            }

            await _abort.CancelAsync();
            await drained.WaitAsync(AbandonTime, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _abort.Dispose();
    }

    private async Task DrainAsync()
    {
        await _reading.CompleteAsync();
        await _writing.CompleteAsync();
        await _acknowledging.CompleteAsync();
    }

    private async Task ReadAsync(FileInFlight file, CancellationToken cancellationToken)
    {
        try
        {
            ReadFile read = Load(file, cancellationToken);
            file.Attach(read);
            int claims = read is LoadedFile loaded ? loaded.ClaimCount : ClaimEstimate.OfBytes(file.File!.Length);
            await _writing.WriteAsync(file.Facility.Id, claims, isLarge: read is not LoadedFile, (file, read), cancellationToken);
        }
        catch (Exception exception) when (IsStopping(exception, cancellationToken))
        {
            file.Finish(null);
        }
        catch (Exception exception)
        {
            _logger.FileLeft(file.Facility.Id, file.Remote.ExternalId, exception);
            file.Finish(null);
        }
    }

    private ReadFile Load(FileInFlight file, CancellationToken cancellationToken)
    {
        using Activity? span = Traces.StartRead(file);
        using IDisposable? scope = _logger.AboutFile(file.Facility.Id, file.Remote.ExternalId);
        long start = _readingMeter.Now;
        try
        {
            ReadFile read = _loader.Load(file.File!, file.IsCut, cancellationToken);
            _readingMeter.Worked(start);
            if (span is not null && read.Outcome is { } outcome) span.SetTag(Tag.Kind, outcome.Kind?.ToString().ToLowerInvariant()).SetTag(Tag.Fate, Tag.Word(outcome.Status));
            if (span is not null && read is LoadedFile loaded) span.SetTag(Tag.Claims, loaded.ClaimCount);
            return read;
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            throw;
        }
    }

    private async Task WriteAsync((FileInFlight File, ReadFile Read) first, CancellationToken cancellationToken)
    {
        try
        {
            await _governed.WriteAsync(_options.Writers, () => WriteBatchAsync(first, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping while it waited or rested; a file that has its fate already keeps it.
            first.File.Finish(null);
        }
    }

    private async Task WriteBatchAsync((FileInFlight File, ReadFile Read) first, CancellationToken cancellationToken)
    {
        List<(FileInFlight File, ReadFile Read)> batch = [first];
        if (first.Read is LoadedFile loaded)
        {
            int claims = loaded.ClaimCount;
            int enough = _sizer.Claims;
            while (claims < enough && batch.Count < _options.BatchFiles && _writing.TryTake(out var next))
            {
                batch.Add(next);
                claims += ((LoadedFile)next.Read).ClaimCount;
            }
        }

        long start = _writingMeter.Now;
        using Activity? span = Traces.StartBatch(batch.Select(item => item.File), batch.Count);
        using IDisposable? scope = batch.Count == 1 ? _logger.AboutFile(first.File.Facility.Id, first.File.Remote.ExternalId) : _logger.AboutBatch(batch.Count);
        try
        {
            await StoreAsync(batch, span, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping: the next start fetches them again.
            span.Fail("stopped");
        }
        finally
        {
            _writingMeter.Worked(start);

            // Whatever has no fate by now, for whatever reason, must give back its share of the budget.
            foreach (var (file, _) in batch) file.Finish(null);
        }
    }

    private static bool IsStopping(Exception exception, CancellationToken cancellationToken) =>
        exception is ChannelClosedException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    private async Task StoreAsync(List<(FileInFlight File, ReadFile Read)> batch, Activity? span, CancellationToken cancellationToken)
    {
        IReadOnlyList<FileFate?> fates = await _writer.WriteAsync([.. batch.Select(item => item.Read)], cancellationToken);
        if (span is not null) Describe(span, fates);
        for (int i = 0; i < batch.Count; i++)
        {
            FileInFlight file = batch[i].File;
            FileFate? fate = fates[i];
            file.Batch = span?.Context ?? default;
            if (fate is not null) _facilities.Committed(file.Facility.Id, fate);
            file.Finish(fate);
            if (fate is not null) _acknowledging.Add(file, fate);
        }
    }

    private static void Describe(Activity span, IReadOnlyList<FileFate?> fates)
    {
        FileFate[] committed = [.. fates.OfType<FileFate>()];
        span.SetTag(Tag.Claims, committed.Sum(f => (long)f.Counts.Claims + f.Counts.RemittanceClaims)).SetTag(Tag.LeftOut, committed.Sum(f => (long)f.Counts.LeftOut));
        if (committed.Length < fates.Count) span.Fail("left");
    }

    private async Task AcknowledgeAsync(FileInFlight file, FileFate fate, CancellationToken cancellationToken)
    {
        long start = _acknowledgingMeter.Now;
        using Activity? span = Traces.StartAcknowledge(file, fate);
        using IDisposable? scope = _logger.AboutFile(file.Facility.Id, file.Remote.ExternalId);
        try
        {
            await file.Poller.AcknowledgeAsync(file.Facility, file.Remote, fate, cancellationToken);
            AcknowledgementErrors.Succeeded(file.Facility.Id);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The ledger has the fate: the next poll acknowledges.
        }
        catch (Exception exception)
        {
            span.Fail(exception);
            AcknowledgementErrors.Failed(file.Facility.Id, exception.Message);
            _logger.AcknowledgementFailed(file.Facility.Id, file.Remote.ExternalId, exception.Message);
        }
        finally
        {
            _acknowledgingMeter.Worked(start);
            file.Forget();
        }
    }
}
