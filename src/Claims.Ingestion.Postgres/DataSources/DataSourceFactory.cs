using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>Makes the pools of the roles.</summary>
internal sealed class DataSourceFactory(PostgresOptions options, ILoggerFactory loggers)
{
    private const int AutoPrepared = 20;

    // Unanswered, the questions go on for about as long as the silence before them.
    private const int KeepAliveTries = 9;

    private const int WatchSeconds = 5;

    private const string LookUp = "SELECT FROM claims.claim_of('', '')";

    /// <summary>The pool of a role on one server.</summary>
    public NpgsqlDataSource CreatePool(DataSourceRole role, string server)
    {
        NpgsqlDataSourceBuilder builder = CreateBuilder(role);
        ConnectionHosts.Set(builder.ConnectionStringBuilder, server);
        if (ConnectionHosts.Of(options.ConnectionString).Count > 1) builder.Name = $"{builder.Name}@{server}";
        StatementErrors.DescribeIn(builder.Name!);
        return builder.Build();
    }

    /// <summary>A pool of a role over all servers, which Npgsql routes: for those who need its data source.</summary>
    public NpgsqlDataSource CreateOverAll(DataSourceRole role)
    {
        NpgsqlDataSourceBuilder builder = CreateBuilder(role);
        StatementErrors.DescribeIn(builder.Name!);
        return builder.BuildMultiHost().WithTargetSession(role == DataSourceRole.Ingestion ? TargetSessionAttributes.Primary : TargetSessionAttributes.PreferStandby);
    }

    /// <summary>Where the questions to one server are asked. Its connection is kept by whom it is given to.</summary>
    public NpgsqlDataSource CreateProbe(string server)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.UseLoggerFactory(loggers);
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        ConnectionHosts.Set(settings, server);
        builder.Name = settings.ApplicationName = "claims-probe";
        settings.Pooling = false;
        settings.Timeout = (int)Math.Ceiling(options.Routing.ProbeTimeout.TotalSeconds);
        return builder.Build();
    }

    /// <summary>Where the watch looks at one server, without a pool. Its looks are no part of anybody's traces or logs.</summary>
    public NpgsqlDataSource CreateWatch(string server)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        ConnectionHosts.Set(settings, server);
        builder.Name = settings.ApplicationName = "claims-watch";
        settings.Pooling = false;

        // Its questions have limits of their own, which the server keeps; these are for one that does not answer.
        settings.Timeout = settings.CommandTimeout = WatchSeconds;
        return builder.Build();
    }

    /// <summary>A builder with the connection string and the limits of a role.</summary>
    private NpgsqlDataSourceBuilder CreateBuilder(DataSourceRole role)
    {
        PoolOptions pool = options.PoolOf(role);
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        builder.UseLoggerFactory(loggers);
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        builder.Name = settings.ApplicationName = pool.Name ?? $"claims-{role.ToString().ToLowerInvariant()}";
        settings.MaxPoolSize = pool.MaxSize;
        settings.MinPoolSize = Math.Min(Math.Max(settings.MinPoolSize, pool.MinIdle), pool.MaxSize);
        settings.ConnectionIdleLifetime = Seconds(pool.IdleTimeout);
        settings.ConnectionPruningInterval = Math.Min(settings.ConnectionPruningInterval, settings.ConnectionIdleLifetime);
        settings.ConnectionLifetime = Seconds(pool.MaxLifetime);
        settings.TcpKeepAlive = pool.KeepAlive > TimeSpan.Zero;
        if (settings.TcpKeepAlive)
        {
            settings.TcpKeepAliveTime = Seconds(pool.KeepAlive);
            settings.TcpKeepAliveInterval = Math.Max(1, settings.TcpKeepAliveTime / KeepAliveTries);
        }

        settings.Timeout = Seconds(pool.ConnectTimeout);

        // The server cancels first, where it can be told the limit; the client's own one is a net for a server that does not answer.
        settings.CommandTimeout = Seconds(pool.StatementTimeout) + (options.Pooler == PoolerMode.Transaction ? 0 : 15);
        if (options.Pooler == PoolerMode.None) Limit(builder, role, pool);
        else PassThroughPooler(builder, role, pool);
        return builder;
    }

    // The first look-up of a session plans for many times as long as it runs, and without a prepared statement the next ones would plan it again. So no user meets a session before that is done.
    private static void PlanLookUps(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(LookUp, connection);
        try
        {
            command.Prepare();
            command.ExecuteNonQuery();
        }
        catch (PostgresException)
        {
            // The tables are not there yet, or are not for this user, who then does not look anything up.
        }
    }

    private static async Task PlanLookUpsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(LookUp, connection);
        try
        {
            await command.PrepareAsync();
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException)
        {
            // As above.
        }
    }

    private static void Limit(NpgsqlDataSourceBuilder builder, DataSourceRole role, PoolOptions pool)
    {
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        string limits = string.Join(' ', Settings(role, pool).Select(setting => $"-c {setting.Name}={setting.Value}"));
        settings.Options = string.IsNullOrEmpty(settings.Options) ? limits : $"{settings.Options} {limits}";

        // A returned connection is reset; while it has a prepared statement, that keeps the session's plans, which make the functions for one claim fast. Where it is
        // not reset, a pooler stands in between, and the sessions are not ours.
        if (settings.NoResetOnClose) return;
        if (role is DataSourceRole.Api or DataSourceRole.Report && settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = AutoPrepared;
        if (role == DataSourceRole.Api) builder.UsePhysicalConnectionInitializer(PlanLookUps, PlanLookUpsAsync);
    }

    // A pooler refuses the startup options. One that gives a session can be told the limits by statements, if nothing resets them; one that gives a transaction cannot.
    private void PassThroughPooler(NpgsqlDataSourceBuilder builder, DataSourceRole role, PoolOptions pool)
    {
        NpgsqlConnectionStringBuilder settings = builder.ConnectionStringBuilder;
        settings.NoResetOnClose = true;
        if (options.Pooler == PoolerMode.Transaction) return;
        string sql = string.Join(';', Settings(role, pool).Select(setting => $"SET {setting.Name} = {setting.Value}"));
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(sql, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            });
    }

    private static IEnumerable<(string Name, string Value)> Settings(DataSourceRole role, PoolOptions pool)
    {
        yield return ("statement_timeout", Milliseconds(pool.StatementTimeout));
        yield return ("lock_timeout", Milliseconds(pool.LockTimeout));
        if (role != DataSourceRole.Ingestion) yield return ("default_transaction_read_only", "on");
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);
}
