using System.Diagnostics;
using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>Watches the ledger grow.</summary>
internal sealed class LedgerTrail
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private long _grewAt = Stopwatch.GetTimestamp();

    /// <summary>How many files were seen stored.</summary>
    public long Stored { get; private set; }

    /// <summary>Waits until so many files are stored.</summary>
    public async Task FollowAsync(LocalPostgres server, long files, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT count(*) FROM claims.claim_file", connection);
        while (true)
        {
            long stored = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            if (stored > Stored) (Stored, _grewAt) = (stored, Stopwatch.GetTimestamp());
            if (stored >= files) return;
            await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Waits for a file that was stored after some time. All servers have the clock of this machine.</summary>
    /// <returns>The time since the ledger was last seen to grow.</returns>
    public async Task<TimeSpan> ResumedAsync(LocalPostgres server, DateTimeOffset after, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT 1 FROM claims.claim_file WHERE stored_at > $1)", connection) { Parameters = { new() { Value = after } } };
        while (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!) await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        return Stopwatch.GetElapsedTime(_grewAt);
    }
}
