using Claims.Ingestion.Governing;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Summaries;

/// <summary>Keeps the summaries, for ever and each apart from the others.</summary>
internal sealed class SummaryService(SummarySet summaries, Governed governed, IOptions<PostgresOptions> options, TimeProvider time, ILogger<SummaryService> logger) : BackgroundService
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseOfFilling = TimeSpan.FromMilliseconds(50);

    /// <summary>Changes that have waited longer are shown as quickly as it goes; before, small steps leave the database three quarters of the time. While users suffer they may wait longer, and the steps leave more.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LateForUsers = TimeSpan.FromSeconds(10);
    private const int RestAfterStep = 3;

    private long _lastBeat = time.GetTimestamp();
    private long _drifted;

    public bool IsEnabled => options.Value.Views.Enabled;

    /// <summary>How long ago every summary was last looked at with success.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    /// <summary>How many rows the audit of this host found wrong since its start.</summary>
    public long Drifted => Interlocked.Read(ref _drifted);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        try
        {
            IReadOnlyList<SummaryDefinition>? active = null;
            while (active is null)
            {
                active = await TryAsync("all", async () => await summaries.ReadActiveAsync(stoppingToken), stoppingToken);
                if (active is null) await Task.Delay(PauseAfterFailure, time, stoppingToken);
            }

            await Task.WhenAll(active.Select(definition => KeepAsync(definition, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: a step that was under way is rolled back by the server.
        }
    }

    private async Task KeepAsync(SummaryDefinition definition, CancellationToken stoppingToken)
    {
        bool isShown = false, isLate = false;
        while (true)
        {
            TimeSpan pause = await TryAsync<object>(definition.Name, StepAsync, stoppingToken) as TimeSpan? ?? PauseAfterFailure;
            await Task.Delay(pause, time, stoppingToken);
        }

        async Task<object> StepAsync()
        {
            long start = time.GetTimestamp();
            SummaryStep? step = await summaries.StepAsync(definition, isUrgent: false, stoppingToken, isLate);
            isLate = step is { HasMore: true } && step.Value.Lag > (governed.Limits.MayRefresh ? Late : LateForUsers);
            Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());
            if (step is not { } done) return options.Value.Views.Summaries.Interval;
            Interlocked.Add(ref _drifted, done.Drifted);
            if (done.HasMore) return isLate ? TimeSpan.Zero : time.GetElapsedTime(start) * (RestAfterStep / governed.Limits.Pace);
            if (done.IsFilling) return PauseOfFilling;
            if (!isShown) await summaries.ShowAsync(definition, stoppingToken);
            isShown = true;
            return options.Value.Views.Summaries.Interval;
        }
    }

    private async Task<T?> TryAsync<T>(string summary, Func<Task<T>> act, CancellationToken stoppingToken)
        where T : class
    {
        try
        {
            return await act();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.SummaryFailed(summary, exception is PostgresException refusal ? StoreErrors.Describe(refusal).Message : exception.Message);
            return null;
        }
    }
}
