using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

internal static class DataSourceRegistration
{
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
        builder.Name = settings.ApplicationName;
    }
}
