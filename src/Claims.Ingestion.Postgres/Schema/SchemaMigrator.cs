using System.Reflection;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Schema;

/// <summary>Brings the schema <c>claims</c> up to date, one host at a time.</summary>
internal sealed class SchemaMigrator(IOptions<PostgresOptions> options, TimeProvider time, ILogger<SchemaMigrator> logger)
{
    /// <summary>Names the lock that migrating hosts take: "claims" in ASCII.</summary>
    private const long MigrationLock = 0x636C61696D73;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(5);

    /// <summary>Which scripts are run. A test runs the earlier ones first.</summary>
    internal Func<string, bool> Includes { get; init; } = _ => true;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(options.Value.PrimaryConnectionString("claims-migration"));

        // Who waits for its turn gives its connection back: behind a pooler, those that wait could have all that there are, and the one that migrates needs a second.
        while (!await TryMigrateAsync(dataSource, cancellationToken)) await Task.Delay(Pause, time, cancellationToken);
    }

    /// <summary>Looks which scripts the database has.</summary>
    public async Task LookAsync(SchemaState state, CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(options.Value.PrimaryConnectionString("claims-migration"));
        using var limit = new CancellationTokenSource(LookLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(either.Token);
            await state.ReadAsync(connection, either.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // The host may start without its database; the watch looks again.
            state.Miss(exception is NpgsqlException refusal ? StoreErrors.Describe(refusal).Message : "the database did not answer");
        }
    }

    private static InvalidOperationException Failure(string what, Exception exception) => new(
        $"The schema 'claims' could not be brought up to date: {what} failed: {exception.Message}. The account needs the right to create a schema in the database; or migrate with another account and set Claims:Postgres:MigrateOnStart to false.",
        exception);

    /// <returns>Whether it was this host's turn.</returns>
    private async Task<bool> TryMigrateAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync(cancellationToken);

        // A transaction's lock also holds behind a pooler that hands out connections by transaction, and a crash frees it.
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var takeLock = new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = MigrationLock } } })
        {
            if (!(bool)(await takeLock.ExecuteScalarAsync(cancellationToken))!) return false;
        }

        try
        {
            // The scripts run on a connection of their own, which must see the schema: so it is made apart from this transaction.
            await using NpgsqlCommand create = dataSource.CreateCommand("CREATE SCHEMA IF NOT EXISTS claims");
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException exception)
        {
            throw Failure("CREATE SCHEMA", exception);
        }

        DatabaseUpgradeResult result = await Task.Run(Upgrade, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (!result.Successful) throw Failure(result.ErrorScript?.Name ?? "a script", result.Error);
        return true;
    }

    private DatabaseUpgradeResult Upgrade() =>
        DeployChanges.To.PostgresqlDatabase(options.Value.PrimaryConnectionString("claims-migration-scripts"))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), Includes)
            .JournalToPostgresqlTable("claims", "schema_version")
            .WithTransactionPerScript()
            .WithExecutionTimeout(TimeSpan.FromHours(1))
            .LogTo(new UpgradeLog(logger))
            .Build()
            .PerformUpgrade();

    private sealed class UpgradeLog(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args)
        {
        }

        public void LogDebug(string format, params object[] args)
        {
        }

        public void LogInformation(string format, params object[] args) => logger.MigrationNote(Text(format, args));

        public void LogWarning(string format, params object[] args) => logger.MigrationWarning(Text(format, args));

        public void LogError(string format, params object[] args) => logger.MigrationWarning(Text(format, args));

        public void LogError(Exception ex, string format, params object[] args) => logger.MigrationWarning(Text(format, args));

        private static string Text(string format, object[] args) =>
            args.Length == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
    }
}
