using System.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Npgsql;

namespace Claims.LoadTests.Routing;

/// <summary>Counts up a row of its own on the primary, and reads it after each commit.</summary>
/// <param name="row">The row.</param>
/// <param name="host">Where connections come from.</param>
/// <param name="clock">The time since the begin of the run.</param>
/// <param name="withToken">Whether the reads ask for what was written.</param>
/// <param name="phase">The phase that the run is in.</param>
internal sealed class PairWriter(int row, RoutingHost host, Stopwatch clock, bool withToken, Func<PairsPhase> phase)
{
    public const string CreateTable = "CREATE TABLE public.pair (id int PRIMARY KEY, counter bigint NOT NULL)";

    private const string Write = "INSERT INTO public.pair VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET counter = excluded.counter";
    private const string Read = "SELECT coalesce((SELECT counter FROM public.pair WHERE id = $1), 0), pg_is_in_recovery()";

    private readonly List<PairRead> _reads = [];
    private readonly List<TimeSpan> _commits = [];
    private long _counter;

    public IReadOnlyList<PairRead> Reads => _reads;

    /// <summary>When the writes were committed.</summary>
    public IReadOnlyList<TimeSpan> Commits => _commits;

    public int FailedWrites { get; private set; }

    public int FailedReads { get; private set; }

    /// <summary>The first error other than that of a connection, if there was one.</summary>
    public string? Surprise { get; private set; }

    /// <summary>Makes pairs as long as there are any to make.</summary>
    /// <param name="next">Takes one of those that are left; false when none is.</param>
    /// <param name="giveBack">One was taken and came to nothing.</param>
    /// <param name="cancellationToken">The token to cancel the run.</param>
    public async Task RunAsync(Func<bool> next, Action giveBack, CancellationToken cancellationToken)
    {
        while (next())
        {
            if (await WriteAsync(cancellationToken) is not { } token || !await ReadAsync(token, cancellationToken)) giveBack();
        }
    }

    private async Task<ConsistencyToken?> WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await host.Ingestion.OpenPrimaryAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Write, connection) { Parameters = { new() { Value = row }, new() { Value = ++_counter } } };
            await command.ExecuteNonQueryAsync(cancellationToken);
            ConsistencyToken token = await ConsistencyToken.TakeAsync(connection, cancellationToken);
            _commits.Add(clock.Elapsed);
            return token;
        }
        catch (NpgsqlException exception)
        {
            Note(exception);
            FailedWrites++;
            return null;
        }
    }

    private async Task<bool> ReadAsync(ConsistencyToken token, CancellationToken cancellationToken)
    {
        try
        {
            PairsPhase current = phase();
            long start = Stopwatch.GetTimestamp();
            await using NpgsqlConnection connection = await host.Api.OpenReadAsync(withToken ? token : null, cancellationToken);
            TimeSpan opening = Stopwatch.GetElapsedTime(start);
            await using var command = new NpgsqlCommand(Read, connection) { Parameters = { new() { Value = row } } };
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            _reads.Add(new PairRead(current, IsStale: reader.GetInt64(0) != _counter, IsReplica: reader.GetBoolean(1), opening));
            return true;
        }
        catch (NpgsqlException exception)
        {
            Note(exception);
            FailedReads++;
            return false;
        }
    }

    // Servers that end, start and recover refuse with class 57; all else that a server says is unexpected here, except that a primary turned out to be none.
    private void Note(NpgsqlException exception)
    {
        if (exception is PostgresException { SqlState: not ("57P01" or "57P02" or "57P03" or "25006") } refusal) Surprise ??= refusal.SqlState + " " + refusal.MessageText;
    }
}

/// <summary>The read of a pair.</summary>
internal readonly record struct PairRead(PairsPhase Phase, bool IsStale, bool IsReplica, TimeSpan Opening);
