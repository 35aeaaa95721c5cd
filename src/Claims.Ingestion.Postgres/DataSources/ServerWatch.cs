using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Asks each server again and again. It begins before the others of the host, so that they find something known.</summary>
internal sealed class ServerWatch(DatabaseServers servers, IOptions<PostgresOptions> options, TimeProvider time) : BackgroundService, IHostedLifecycleService
{
    // In the middle of a failover every moment counts.
    private static readonly TimeSpan Hurried = TimeSpan.FromMilliseconds(100);

    private readonly RoutingOptions _options = options.Value.Routing;

    private TimeSpan Pause => _options.ProbeInterval > Hurried && servers.IsIncomplete ? Hurried : _options.ProbeInterval;

    public Task StartingAsync(CancellationToken cancellationToken) => servers.FirstAnswers.WaitAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(servers.Servers.Select(server => WatchAsync(server, stoppingToken)));

    private async Task WatchAsync(Server server, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await server.AskAsync();
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
