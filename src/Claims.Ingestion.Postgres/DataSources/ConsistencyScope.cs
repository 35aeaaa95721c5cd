using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// What one request, job or user has to see at least. Reads that are opened within the scope go to a server that shows what was committed in it, and what the token that it began with covers.
/// </summary>
public sealed class ConsistencyScope : IDisposable
{
    private static readonly AsyncLocal<ConsistencyScope?> _current = new();

    private readonly Lock _lock = new();
    private readonly ConsistencyScope? _outer;
    private ConsistencyToken? _token;

    private ConsistencyScope(ConsistencyToken? token)
    {
        _outer = _current.Value;
        _token = token;
        _current.Value = this;
    }

    /// <summary>The scope that the running code is in; <see langword="null"/> outside of any.</summary>
    public static ConsistencyScope? Current => _current.Value;

    /// <summary>What reads have to see; <see langword="null"/> while nothing was committed or asked for.</summary>
    public ConsistencyToken? Token
    {
        get
        {
            lock (_lock) return _token;
        }
    }

    /// <summary>Begins a scope for the calling method and what it calls, until it is disposed there.</summary>
    /// <param name="token">What has to be seen from the start, for example from the request.</param>
    /// <returns>The scope.</returns>
    public static ConsistencyScope Begin(ConsistencyToken? token = null) => new(token);

    /// <summary>Notes that something was committed: later reads in the scope see it. One round trip.</summary>
    /// <param name="connection">The connection that committed.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>A token that covers the commit.</returns>
    public async Task<ConsistencyToken> CommittedAsync(NpgsqlConnection connection, CancellationToken cancellationToken = default)
    {
        ConsistencyToken taken = await ConsistencyToken.TakeAsync(connection, cancellationToken);
        Require(taken);
        return taken;
    }

    /// <summary>Later reads in the scope see what the token covers.</summary>
    /// <param name="token">The token.</param>
    public void Require(ConsistencyToken token)
    {
        lock (_lock) _token = ConsistencyToken.Latest(_token, token);
    }

    /// <summary>Ends the scope; the one around it, if any, is the current one again.</summary>
    public void Dispose() => _current.Value = _outer;
}
