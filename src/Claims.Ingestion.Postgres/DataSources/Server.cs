using System.Collections.Concurrent;
using System.Net.Sockets;
using Claims.Ingestion.Postgres.Writing;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>One database server: its pools, and what it says of itself when it is asked.</summary>
/// <param name="name">Host and port.</param>
/// <param name="createPool">Makes the pool of a role.</param>
/// <param name="createProbe">Makes the data source of the questions, without a pool.</param>
/// <param name="options">How long to wait.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Is told each answer, and that there was none.</param>
internal sealed class Server(
    string name, Func<DataSourceRole, NpgsqlDataSource> createPool, Func<NpgsqlDataSource> createProbe, RoutingOptions options, TimeProvider time, Action<Server, ServerAnswer> report) : IDisposable
{
    // What the primary is on, it knows. A replica knows what it receives (shown to members of pg_read_all_stats), and what it was on at its last restart point.
    private const string Question =
        """
        SELECT pg_is_in_recovery(),
               CASE WHEN pg_is_in_recovery()
                    THEN greatest((SELECT timeline_id FROM pg_control_checkpoint()), (SELECT received_tli FROM pg_stat_wal_receiver))
                    ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int8 END,
               CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_flush_lsn() END,
               pg_postmaster_start_time()
        """;

    // For servers that refuse questions about their log: routing by lag and tokens is not to be had there.
    private const string PlainQuestion = "SELECT pg_is_in_recovery(), 0::int8, '0/0'::pg_lsn, pg_postmaster_start_time()";

    private readonly ConcurrentDictionary<DataSourceRole, Lazy<NpgsqlDataSource>> _pools = new();
    private readonly Lock _lock = new();
    private readonly NpgsqlDataSource _probe = createProbe();
    private string _question = Question;
    private NpgsqlConnection? _connection;
    private Task _asking = Task.CompletedTask;
    private CancellationTokenSource _lost = new();
    private long _answeredAt;
    private bool _isSuspect;

    public string Name => name;

    /// <summary>Whether the last question was answered, and nobody waits for an answer in vain.</summary>
    public bool IsTrusted => !Volatile.Read(ref _isSuspect);

    /// <summary>Fires when the server turns out not to answer.</summary>
    public CancellationToken Lost => Volatile.Read(ref _lost).Token;

    private bool IsFresh => IsTrusted && time.GetElapsedTime(Volatile.Read(ref _answeredAt)) < options.FreshFor;

    public NpgsqlDataSource Pool(DataSourceRole role) => _pools.GetOrAdd(role, static (key, create) => new Lazy<NpgsqlDataSource>(() => create(key)), createPool).Value;

    /// <summary>Asks the server; one question at a time, whose answer serves all that wait.</summary>
    public Task AskAsync()
    {
        lock (_lock) return _asking.IsCompleted ? _asking = AskOnceAsync() : _asking;
    }

    /// <summary>Makes sure that the server answers, without waiting for one that does not.</summary>
    /// <returns>Whether it answered of late.</returns>
    public ValueTask<bool> AnswersAsync(CancellationToken cancellationToken) => IsFresh ? ValueTask.FromResult(true) : AskPatientlyAsync(cancellationToken);

    /// <summary>No read goes to the server until it answers.</summary>
    public void Suspect()
    {
        if (Interlocked.Exchange(ref _isSuspect, true)) return;
        using CancellationTokenSource lost = Interlocked.Exchange(ref _lost, new CancellationTokenSource());
        lost.Cancel();
    }

    /// <summary>Closes the connections that nobody uses, and the others when they come back.</summary>
    public void DropConnections()
    {
        foreach (Lazy<NpgsqlDataSource> pool in _pools.Values) pool.Value.Clear();
    }

    public void Dispose()
    {
        // A question under way keeps its connection until it ends.
        if (_asking.IsCompleted) _connection?.Dispose();
        _probe.Dispose();
        foreach (Lazy<NpgsqlDataSource> pool in _pools.Values) pool.Value.Dispose();
        _lost.Dispose();
    }

    private async ValueTask<bool> AskPatientlyAsync(CancellationToken cancellationToken)
    {
        if (!IsTrusted) return false;
        try
        {
            await AskAsync().WaitAsync(options.Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Suspect();
        }

        return IsTrusted;
    }

    private async Task AskOnceAsync()
    {
        ServerAnswer answer;
        try
        {
            answer = await AnswerAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or SocketException or IOException)
        {
            answer = ServerAnswer.None(Describe(exception), exception is OperationCanceledException or TimeoutException);
        }

        if (answer.Error is null) Volatile.Write(ref _answeredAt, time.GetTimestamp());
        else Suspect();
        report(this, answer);
        if (answer.Error is null) Volatile.Write(ref _isSuspect, false);
    }

    private async Task<ServerAnswer> AnswerAsync()
    {
        if (_connection is null)
        {
            using var limit = new CancellationTokenSource(options.ProbeTimeout, time);
            _connection = await _probe.OpenConnectionAsync(limit.Token);
        }

        // A question that is cancelled waits for the server again, to tell it so. One that stands still is left to itself.
        NpgsqlConnection connection = _connection;
        Task<ServerAnswer> reading = ReadAsync(connection);
        try
        {
            return await reading.WaitAsync(options.ProbeTimeout, time);
        }
        catch
        {
            _connection = null;
            _ = reading.ContinueWith(_ => connection.DisposeAsync().AsTask(), TaskScheduler.Default);
            throw;
        }
    }

    private async Task<ServerAnswer> ReadAsync(NpgsqlConnection connection)
    {
        try
        {
            return await ReadAsync(connection, _question);
        }
        catch (PostgresException refusal) when (
            _question == Question && refusal.SqlState is PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.InsufficientPrivilege)
        {
            _question = PlainQuestion;
            return await ReadAsync(connection, _question);
        }
    }

    private static async Task<ServerAnswer> ReadAsync(NpgsqlConnection connection, string question)
    {
        await using var command = new NpgsqlCommand(question, connection) { CommandTimeout = 0 };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new ServerAnswer(reader.GetBoolean(0) ? ServerRole.Replica : ServerRole.Primary, (uint)reader.GetInt64(1), reader.GetFieldValue<NpgsqlLogSequenceNumber>(2), reader.GetDateTime(3));
    }

    private string Describe(Exception exception) => exception switch
    {
        PostgresException refusal => StoreErrors.Reason(refusal),
        OperationCanceledException or TimeoutException => $"it did not answer within {options.ProbeTimeout.TotalSeconds:0.###} s",
        _ => exception.InnerException?.GetType().Name ?? exception.GetType().Name,
    };
}
