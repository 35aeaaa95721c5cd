using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

internal static class DataSourceRegistration
{
    private const int AutoPrepared = 20;

    public static void AddDataSource(this IServiceCollection services, DataSourceRole role) =>
        services.AddNpgsqlDataSource(
            "Host=set-from-options",
            (provider, builder) => Configure(builder, provider.GetRequiredService<IOptions<PostgresOptions>>().Value, role),
            serviceKey: role);

    /// <summary>Gives the builder the connection string with the role's limits.</summary>
    private static void Configure(NpgsqlDataSourceBuilder builder, PostgresOptions options, DataSourceRole role)
    {
        PoolOptions pool = options.PoolOf(role);
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        settings.ConnectionString = options.ConnectionString;
        settings.ApplicationName = $"claims-{role.ToString().ToLowerInvariant()}";
        settings.MaxPoolSize = pool.MaxSize;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, pool.MaxSize);
        settings.Timeout = (int)Math.Ceiling(pool.ConnectTimeout.TotalSeconds);

        // The server cancels first; the client's own limit is a net for a server that does not answer.
        settings.CommandTimeout = (int)Math.Ceiling(pool.StatementTimeout.TotalSeconds) + 15;
        string limits = $"-c statement_timeout={(long)pool.StatementTimeout.TotalMilliseconds} -c lock_timeout={(long)pool.LockTimeout.TotalMilliseconds}";
        settings.Options = string.IsNullOrEmpty(settings.Options) ? limits : $"{settings.Options} {limits}";

        // A returned connection is reset; while it has a prepared statement, that keeps the session's plans, which make the functions for one claim fast. Where it is
        // not reset, a pooler stands in between, and the sessions are not ours.
        if (role == DataSourceRole.Api && !settings.NoResetOnClose && settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = AutoPrepared;
        builder.Name = settings.ApplicationName;
    }
}
