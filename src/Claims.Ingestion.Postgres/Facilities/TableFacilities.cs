using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Facilities;

/// <summary>
/// The facilities of the table, answered from memory. When asked, but at most once a second, it looks whether the table has changed, and only then
/// reads its rows; until then the list stays the same one. While the database is away the last list stays.
/// </summary>
internal sealed class TableFacilities(FacilityTable table, TimeProvider time, ILogger<TableFacilities> logger) : IFacilityDirectory
{
    internal static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a look may take: a database that hangs must not hold up those who ask.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Known? _known;
    private string _leftOut = "";
    private bool _isAway;

    public async ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known && IsFresh(known)) return known.Facilities;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_known is not { } last || !IsFresh(last)) _known = last = await LookAsync(_known, cancellationToken);
            return last.Facilities;
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsFresh(Known known) => known.Changes == table.Changes && time.GetElapsedTime(known.Looked) < CheckInterval;

    private async Task<Known> LookAsync(Known? last, CancellationToken cancellationToken)
    {
        // Time, changes and version are taken before the rows, so that a change meanwhile is seen at the next look.
        long looked = time.GetTimestamp();
        int changes = table.Changes;
        using var limit = new CancellationTokenSource(Limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            string version = await table.GetVersionAsync(linked.Token);
            IReadOnlyList<Facility> facilities = last is not null && last.Version == version ? last.Facilities : await ReadAsync(linked.Token);
            if (_isAway) logger.FacilityTableBack();
            _isAway = false;
            return new Known(facilities, version, looked, changes);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            string reason = exception switch
            {
                PostgresException error => StoreErrors.Describe(error).Message,
                NpgsqlException error => StoreErrors.Describe(error).Message,
                OperationCanceledException => $"it did not answer within {Limit.TotalSeconds:F0} s",
                _ => exception.Message,
            };
            if (last is null) throw new InvalidOperationException($"claims.facility cannot be read, since {reason}.", exception);
            if (!_isAway) logger.FacilityTableAway(reason, last.Facilities.Count);
            _isAway = true;
            return last with { Looked = time.GetTimestamp(), Changes = changes };
        }
    }

    private async Task<IReadOnlyList<Facility>> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FacilityEntry> entries = await table.ListAsync(cancellationToken);
        string[] problems = [.. entries.Where(e => e.Problem is not null).Select(e => $"Facility '{e.Facility.Id}': {e.Problem}")];
        string leftOut = string.Join('\n', problems);
        if (leftOut != _leftOut && problems.Length > 0) logger.FacilityRowsLeftOut(problems.Length, FacilityTable.Summarize(problems));
        _leftOut = leftOut;
        return [.. entries.Where(e => e.Problem is null).Select(e => e.Facility)];
    }

    /// <summary>What was found at a look: the facilities, the table's version, and when the look was, by time and by changes made here.</summary>
    private sealed record Known(IReadOnlyList<Facility> Facilities, string Version, long Looked, int Changes);
}
