using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Schema;

/// <summary>Migrates before anything of the host starts, and looks whether the schema is that of this build.</summary>
internal sealed class MigrationService(SchemaMigrator migrator, SchemaState state, IOptions<PostgresOptions> options, ILogger<MigrationService> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.MigrateOnStart)
        {
            await migrator.MigrateAsync(cancellationToken);
            logger.SchemaReady();
        }

        await migrator.LookAsync(state, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
