using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Checks at the start that the pools of all hosts together fit into what each server allows: better now than when the last host needs its connections.</summary>
internal sealed class PoolBudget(IOptions<PostgresOptions> options, ILoggerFactory loggers) : IHostedService
{
    // What asks the server, and what makes and removes partitions, is in no pool. Nor is the watch.
    private const int OutsideOfPools = 3;

    private const string Limits =
        """
        SELECT least(
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true)::int, 0),
            (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
            (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))
        """;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        PostgresOptions settings = options.Value;

        // A pooler has limits of its own.
        if (settings.HostCount == 0 || settings.Pooler != PoolerMode.None) return;
        foreach (string server in ConnectionHosts.Of(settings.ConnectionString))
        {
            if (await AllowedAsync(server, cancellationToken) is { } allowed && Check(settings, server, allowed) is { } error) throw new OptionsValidationException(nameof(PostgresOptions), typeof(PostgresOptions), [error]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <returns>By how much the pools do not fit, and what to do; <see langword="null"/> when they do.</returns>
    internal static string? Check(PostgresOptions settings, string server, int allowed)
    {
        DataSourceRole[] roles = Enum.GetValues<DataSourceRole>();
        int host = roles.Sum(role => settings.PoolOf(role).MaxSize) + OutsideOfPools + (settings.Watch.Enabled ? 1 : 0);
        int needed = settings.HostCount * host;
        if (needed <= allowed) return null;
        string sizes = string.Join(", ", roles.Select(role => string.Create(CultureInfo.InvariantCulture, $"{role}:MaxSize {settings.PoolOf(role).MaxSize}")));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The pools do not fit: {settings.HostCount} hosts with {host} connections each need {needed}, and {server} allows {allowed}: {needed - allowed} too few. Lower the sizes under Claims:Postgres ({sizes}), " +
            $"raise max_connections, put a pooler in between (Claims:Postgres:Pooler), or correct Claims:Postgres:HostCount; 0 switches the check off.");
    }

    private async Task<int?> AllowedAsync(string server, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlDataSource dataSource = new DataSourceFactory(options.Value, loggers).CreateProbe(server);
            await using NpgsqlCommand command = dataSource.CreateCommand(Limits);
            return await command.ExecuteScalarAsync(cancellationToken) as int?;
        }
        catch (NpgsqlException)
        {
            // A server that is away is checked by nobody, and the others tell of it.
            return null;
        }
    }
}
