using System.Collections.Concurrent;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Partitions;

/// <summary>Makes the partitions of months. That blocks neither readers nor writers, and any number of hosts may do it at once.</summary>
internal sealed class MonthPartitions(IOptions<PostgresOptions> options, TimeProvider time, ILogger<MonthPartitions> logger)
{
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, bool> _seen = new();
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Makes what is missing of the present month and <see cref="PostgresOptions.MonthsAhead"/> months after it.</summary>
    public async Task CreateAheadAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
        await CreateAsync(connection, options.Value.MonthsAhead, cancellationToken);
    }

    /// <summary>Makes sure that the rows of a file have their partitions. A month that was seen costs nothing.</summary>
    /// <param name="connection">The connection that asks; partitions are made on one of their own, so that they stay whatever becomes of its transaction.</param>
    /// <param name="fileId">The file.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    /// <exception cref="ClaimStoreException">They have none: the month was removed, or cannot be made.</exception>
    public async ValueTask EnsureAsync(NpgsqlConnection connection, long fileId, CancellationToken cancellationToken)
    {
        long month = FileMonth.Of(fileId);
        if (_seen.ContainsKey(month)) return;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_seen.ContainsKey(month)) return;
            if (!await HasAsync(connection, month, cancellationToken))
            {
                await using NpgsqlConnection own = await OpenAsync(cancellationToken);
                await CreateAsync(own, ahead: 0, cancellationToken);
                if (!await HasAsync(connection, month, cancellationToken))
                    throw new ClaimStoreException($"the tables have no partitions for the files of {FileMonth.Name(month)} any more", isTransient: true);
            }

            _seen[month] = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Looks again at every month: a partition was found missing.</summary>
    public void Forget() => _seen.Clear();

    /// <summary>Opens a connection of its own: a transaction that waits for partitions already has one of its pool's, and there may be no other.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(options.Value.PrimaryConnectionString("claims-partitions"));
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static Task<bool> HasAsync(NpgsqlConnection connection, long month, CancellationToken cancellationToken) =>
        ScalarAsync<bool>(connection, "SELECT claims.has_month($1)", month, cancellationToken);

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, object parameter, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = parameter } } };
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task CreateAsync(NpgsqlConnection connection, int ahead, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // Asked apart: an account that may make no partitions need not, while they are there.
                if (await ScalarAsync<bool>(connection, "SELECT bool_and(claims.has_month(m)) FROM generate_series(claims.file_month(), claims.file_month() + $1) m", ahead, cancellationToken)) return;
                logger.PartitionsMade(await ScalarAsync<int>(connection, "SELECT claims.create_months($1)", ahead, cancellationToken));
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable && attempt < Attempts)
            {
                // Whoever analyzes or alters a table holds it for a while.
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw new ClaimStoreException(
                    "the account may not make the partitions of the months: as the owner of the tables run \"SELECT claims.create_months()\" each month, or once \"GRANT EXECUTE ON FUNCTION claims.create_months(integer) TO\" the account",
                    isTransient: true,
                    exception);
            }
        }
    }
}
