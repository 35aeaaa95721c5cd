using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Views;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>Considers one view after the other, for ever: each once in a check interval, never two at once.</summary>
internal sealed class ViewRefresher(ReportViews views, IRefreshPolicy policy, IOptions<PostgresOptions> options, TimeProvider time, ILogger<ViewRefresher> logger)
    : BackgroundService
{
    private long _lastBeat = time.GetTimestamp();

    public bool IsEnabled => options.Value.Views.Enabled;

    /// <summary>How long ago a view was last considered with success.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        TimeSpan pause = options.Value.Views.CheckInterval / ReportViews.Names.Count;
        try
        {
            for (int i = 0; ; i = (i + 1) % ReportViews.Names.Count)
            {
                await RunOnceAsync(ReportViews.Names[i], stoppingToken);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: a refresh that was under way is rolled back by the server.
        }
    }

    internal async Task RunOnceAsync(string view, CancellationToken cancellationToken)
    {
        try
        {
            await views.ConsiderAsync(view, policy.Decide, waitForOthers: false, cancellationToken);
            Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());
        }
        catch (PostgresException)
        {
            // Logged and recorded where it happened; the next check tries again.
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.RefreshFailed(view, exception.Message);
        }
    }
}
