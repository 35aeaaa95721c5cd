using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Checks at the start that no connection pooler stands in between where the settings name none: it would refuse the startup options, or ignore them and with them the limits, and mix up the sessions.
/// </summary>
internal sealed class PoolerCheck(DatabaseServers servers, IOptions<PostgresOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Pooler != PoolerMode.None) return;
        for (int place = 0; place < servers.Servers.Count; place++)
        {
            // A server that is away is checked by nobody, and the others tell of it.
            if (!servers.States[place].IsReachable || await FindAsync(servers.Servers[place], cancellationToken) is not { } what) continue;
            string error = $"{servers.Servers[place].Name} {what} the startup options of connections, as a connection pooler such as PgBouncer does. Set Claims:Postgres:Pooler to Session or Transaction, as its pool_mode says; or let the connection string lead to the server itself.";
            throw new OptionsValidationException(nameof(PostgresOptions), typeof(PostgresOptions), [error]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> FindAsync(Server server, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await server.Pool(DataSourceRole.Ingestion).OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'", connection);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))! == (long)options.Value.Ingestion.StatementTimeout.TotalMilliseconds ? null : "ignores";
        }
        catch (NpgsqlException exception)
        {
            return exception is PostgresException refusal && StoreErrors.IsRefusedByPooler(refusal) ? "refuses" : null;
        }
    }
}
