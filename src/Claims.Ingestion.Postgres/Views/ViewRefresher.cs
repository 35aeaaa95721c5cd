using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Views;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>Considers one materialized view after the other, for ever: each once in a check interval, never two at once.</summary>
internal sealed class ViewRefresher(MaterializedViews views, IRefreshPolicy? policy, IOptions<PostgresOptions> options, TimeProvider time, ILogger<ViewRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    // The catalog is read again now and then: a missing index may have been made.
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (int Failures, long Since)> _failing = [];
    private IReadOnlyList<MaterializedView> _views = [];
    private long? _readAt;
    private long _lastBeat = time.GetTimestamp();

    public bool IsEnabled => options.Value.Views.Enabled && views.Names.Count > 0;

    /// <summary>How long ago a view was last considered with success.</summary>
    public TimeSpan SinceLastBeat => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    private ViewOptions Options => options.Value.Views;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        TimeSpan pause = Options.CheckInterval / views.Names.Count;
        try
        {
            for (int i = 0; ; i = (i + 1) % views.Names.Count)
            {
                await RunOnceAsync(views.Names[i], stoppingToken);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: a refresh that was under way is rolled back by the server.
        }
    }

    internal async Task RunOnceAsync(string name, CancellationToken cancellationToken)
    {
        if (_failing.TryGetValue(name, out (int Failures, long Since) failing) && time.GetElapsedTime(failing.Since) < PauseAfter(failing.Failures)) return;
        bool isTold = false;
        try
        {
            if (_readAt is not { } readAt || time.GetElapsedTime(readAt) >= ReadAgain)
            {
                _views = await views.ReadAsync(cancellationToken);
                _readAt = time.GetTimestamp();
            }

            if (_views.FirstOrDefault(v => v.Name == name) is { } view)
            {
                IRefreshPolicy decider = PolicyOf(name);
                isTold = true;
                await views.ConsiderAsync(view, _views, decider.Decide, waitForOthers: false, cancellationToken);
                isTold = false;
                if (ReportViews.Names.Contains(name)) await views.SwitchAsync(view, cancellationToken);
            }

            _failing.Remove(name);
            Interlocked.Exchange(ref _lastBeat, time.GetTimestamp());
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What the server refuses while a view is considered is logged and recorded there. The next checks try again, ever less often.
            if (!isTold || exception is not (PostgresException or InvalidOperationException)) logger.RefreshFailed(name, exception is PostgresException refusal ? StoreErrors.Describe(refusal).Message : exception.Message);
            _failing[name] = (failing.Failures + 1, time.GetTimestamp());
            _readAt = null;
        }
    }

    private TimeSpan PauseAfter(int failures) => TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, Options.CheckInterval.Ticks << Math.Min(failures - 1, 16)));

    /// <summary>The view's own policy, else the one of the services, else the rules.</summary>
    private IRefreshPolicy PolicyOf(string name)
    {
        ViewItemOptions? item = Options.Items.TryGetValue(name, out ViewItemOptions? found) ? found : null;
        return item?.Policy ?? policy ?? (item ?? new RefreshRules()).ToPolicy(Options);
    }
}
