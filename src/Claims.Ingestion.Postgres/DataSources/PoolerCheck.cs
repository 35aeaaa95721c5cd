using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Checks at the start that <see cref="PostgresOptions.Pooler"/> is true. Without it a pooler would refuse the startup options, or ignore them and with them the limits; and what is set for a session would pass to others.
/// </summary>
internal sealed class PoolerCheck(DatabaseServers servers, IOptions<PostgresOptions> options, ILoggerFactory loggers) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (int place = 0; place < servers.Servers.Count; place++)
        {
            // A server that is away is checked by nobody, and the others tell of it.
            Server server = servers.Servers[place];
            if (servers.States[place].IsReachable && await FindAsync(server, cancellationToken) is { } error)
                throw new OptionsValidationException(nameof(PostgresOptions), typeof(PostgresOptions), [$"{server.Name} {error}"]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string Unnamed(string what) =>
        $"{what} the startup options of connections, as a connection pooler such as PgBouncer does. Set Claims:Postgres:Pooler to Session or Transaction, as its pool_mode says; or let the connection string lead to the server itself.";

    /// <returns>What is wrong, and what to do; <see langword="null"/> when nothing is known to be.</returns>
    private async Task<string?> FindAsync(Server server, CancellationToken cancellationToken)
    {
        try
        {
            return options.Value.Pooler switch
            {
                PoolerMode.None when !await TakesOptionsAsync(server, cancellationToken) => Unnamed("ignores"),
                PoolerMode.Session when await SharesAsync(server, cancellationToken) =>
                    "gives one session to several connections, as PgBouncer does with pool_mode = transaction. Set Claims:Postgres:Pooler to Transaction.",
                _ => null,
            };
        }
        catch (NpgsqlException exception)
        {
            return exception is PostgresException refusal && StoreErrors.IsRefusedByPooler(refusal) ? Unnamed("refuses") : null;
        }
    }

    private async Task<bool> TakesOptionsAsync(Server server, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await server.Pool(DataSourceRole.Ingestion).OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! == (long)options.Value.Ingestion.StatementTimeout.TotalMilliseconds;
    }

    /// <summary>Whether two open connections have been seen with one session. A busy pooler may give them two all the same.</summary>
    private async Task<bool> SharesAsync(Server server, CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource dataSource = new DataSourceFactory(options.Value, loggers).CreateProbe(server.Name);
        await using NpgsqlConnection first = await dataSource.OpenConnectionAsync(cancellationToken);
        int session = await SessionAsync(first, cancellationToken);
        await using NpgsqlConnection second = await dataSource.OpenConnectionAsync(cancellationToken);
        return await SessionAsync(second, cancellationToken) == session;
    }

    private async Task<int> SessionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection) { CommandTimeout = (int)Math.Ceiling(options.Value.Routing.ProbeTimeout.TotalSeconds) };
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
