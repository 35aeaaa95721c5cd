using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Asks each server again and again. It begins before the others of the host, so that they find something known.</summary>
internal sealed class ServerWatch(DatabaseServers servers, IOptions<PostgresOptions> options, TimeProvider time) : BackgroundService, IHostedLifecycleService
{
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
                await Task.Delay(options.Value.Routing.ProbeInterval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }
}
