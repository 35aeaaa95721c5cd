using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Facilities;

/// <summary>
/// The facilities in the table <c>claims.facility</c>: for operators and their endpoints. Resolve it from the services after
/// <c>UseFacilityTable</c>. This host sees a change when it asks next, other hosts a second later at most, as they see changes by SQL.
/// </summary>
public sealed class FacilityTable
{
    private readonly RoleDataSource _dataSource;
    private readonly FacilityRules _rules;
    private readonly ILogger<FacilityTable> _logger;
    private int _changes;

    internal FacilityTable(RoleDataSource dataSource, IEnumerable<IFacilityPoller> pollers, ILogger<FacilityTable> logger)
    {
        _dataSource = dataSource;
        _rules = new FacilityRules(pollers);
        _logger = logger;
    }

    /// <summary>How many changes were made here: what was read before the last of them may be old.</summary>
    internal int Changes => Volatile.Read(ref _changes);

    /// <summary>Adds a facility, or replaces all that the table says of it.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the setting.</param>
    /// <returns>A task that ends when the facility is stored.</returns>
    /// <exception cref="ArgumentException">A value is beyond its limits, or no poller of that kind is registered; the message says which and what is allowed.</exception>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task SetAsync(Facility facility, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(facility);
        await WriteAsync([facility], cancellationToken);
        _logger.FacilitySet(facility.Id);
    }

    /// <summary>Sets many facilities, as <see cref="SetAsync"/> does, in one transaction: all of them or none. Facilities that are not among them stay as they are.</summary>
    /// <param name="facilities">The facilities; each id once.</param>
    /// <param name="cancellationToken">The token to cancel the import.</param>
    /// <returns>A task that ends when the facilities are stored.</returns>
    /// <exception cref="ArgumentException">A value is beyond its limits, an id stands twice, or no poller of a kind is registered; the message says which and what is allowed.</exception>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task ImportAsync(IReadOnlyCollection<Facility> facilities, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(facilities);
        Facility[] rows = [.. facilities];
        await WriteAsync(rows, cancellationToken);
        _logger.FacilitiesImported(rows.Length);
    }

    /// <summary>Removes a facility. What was stored of it stays.</summary>
    /// <param name="facilityId">The facility's id.</param>
    /// <param name="cancellationToken">The token to cancel the removing.</param>
    /// <returns>Whether the table had it.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task<bool> RemoveAsync(string facilityId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(facilityId);
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("DELETE FROM claims.facility WHERE facility_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        Interlocked.Increment(ref _changes);
        _logger.FacilityRemoved(facilityId);
        return true;
    }

    /// <summary>Pauses a facility, or lets it go on.</summary>
    /// <param name="facilityId">The facility's id.</param>
    /// <param name="isPaused">Whether it is left alone from now on.</param>
    /// <param name="cancellationToken">The token to cancel the setting.</param>
    /// <returns>Whether the table has it.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task<bool> SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(facilityId);
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("UPDATE claims.facility SET is_paused = $2, changed_at = now() WHERE facility_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isPaused });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        Interlocked.Increment(ref _changes);
        _logger.FacilityPaused(facilityId, isPaused);
        return true;
    }

    /// <summary>Lists the rows, with those that this host leaves out and why.</summary>
    /// <param name="cancellationToken">The token to cancel the listing.</param>
    /// <returns>The rows, ordered by id.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task<IReadOnlyList<FacilityEntry>> ListAsync(CancellationToken cancellationToken)
    {
        // Justified, an interval within the limits has no months, which a TimeSpan could not take.
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT facility_id, poller, endpoint, name, justify_interval(poll_interval), justify_interval(poll_timeout), priority,
              window_from, window_to, window_zone, is_paused, changed_at
            FROM claims.facility ORDER BY facility_id
            """,
            connection);
        var facilities = new List<Facility>();
        var times = new List<DateTimeOffset>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            facilities.Add(new Facility(reader.GetString(0), reader.GetString(1), reader.GetString(2))
            {
                Name = reader.IsDBNull(3) ? null : reader.GetString(3),
                Interval = reader.GetFieldValue<TimeSpan?>(4),
                PollTimeout = reader.GetFieldValue<TimeSpan?>(5),
                Priority = reader.GetInt32(6),
                Window = reader.IsDBNull(7) ? null : new PollWindow(reader.GetFieldValue<TimeOnly>(7), reader.GetFieldValue<TimeOnly>(8), reader.GetString(9)),
                IsPaused = reader.GetBoolean(10),
            });
            times.Add(reader.GetFieldValue<DateTimeOffset>(11));
        }

        ILookup<int, string> problems = _rules.Check(facilities).ToLookup(p => p.Index, p => $"{ColumnOf(p.Setting)} {p.Text}");
        return [.. facilities.Select((facility, i) => new FacilityEntry(facility, times[i], problems.Contains(i) ? string.Join(" ", problems[i]) : null))];
    }

    /// <summary>Something that is another after every change of the table, whoever made it.</summary>
    /// <remarks>
    /// Each version of a row carries the transaction that wrote it, so the rows that are seen are the same ones as before exactly when the
    /// same transactions are, each as often. Their sum is taken over hashes: a plain sum could stay the same when a transaction commits after
    /// ones that began later. For the same reason max(changed_at) will not do: such a transaction brings rows that are older
    /// than the newest one seen, and it would also miss a delete.
    /// </remarks>
    internal async Task<string> GetVersionAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT concat(count(*), ' ', sum(hashtextextended(xmin::text, 0))) FROM claims.facility", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The first of many texts, so that a message stays readable.</summary>
    internal static string Summarize(IReadOnlyCollection<string> texts)
    {
        const int Shown = 10;
        string text = string.Join(" ", texts.Take(Shown));
        return texts.Count <= Shown ? text : $"{text} And {texts.Count - Shown} more.";
    }

    /// <summary>One statement, so one transaction, which takes the rows in the order of their ids.</summary>
    private async Task WriteAsync(Facility[] facilities, CancellationToken cancellationToken)
    {
        string[] problems = [.. _rules.Check(facilities).Select(p => $"Facility '{facilities[p.Index].Id}': {p.Setting} {p.Text}")];
        if (problems.Length > 0) throw new ArgumentException(Summarize(problems));

        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO claims.facility (facility_id, poller, endpoint, name, poll_interval, poll_timeout, priority, window_from, window_to, window_zone, is_paused)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS f (facility_id) ORDER BY facility_id COLLATE "C"
            ON CONFLICT (facility_id) DO UPDATE SET
              poller = excluded.poller, endpoint = excluded.endpoint, name = excluded.name, poll_interval = excluded.poll_interval,
              poll_timeout = excluded.poll_timeout, priority = excluded.priority, window_from = excluded.window_from, window_to = excluded.window_to,
              window_zone = excluded.window_zone, is_paused = excluded.is_paused, changed_at = excluded.changed_at
            """,
            connection);
        AddColumn(f => f.Id);
        AddColumn(f => f.PollerKind);
        AddColumn(f => f.Endpoint);
        AddColumn(f => f.Name);
        AddColumn(f => f.Interval);
        AddColumn(f => f.PollTimeout);
        AddColumn(f => f.Priority);
        AddColumn(f => f.Window?.From);
        AddColumn(f => f.Window?.To);
        AddColumn(f => f.Window?.TimeZone);
        AddColumn(f => f.IsPaused);
        await command.ExecuteNonQueryAsync(cancellationToken);
        Interlocked.Increment(ref _changes);

        void AddColumn<T>(Func<Facility, T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. facilities.Select(value)] });
    }

    private static string ColumnOf(string setting) => setting switch
    {
        "Id" => "facility_id",
        "Interval" => "poll_interval",
        "PollTimeout" => "poll_timeout",
        "Window:TimeZone" => "window_zone",
        _ => setting.ToLowerInvariant(),
    };
}
