using System.Diagnostics.Metrics;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>
/// Keeps figures of each hour in <c>claims.ingestion_hour</c>: a row for each host, which it writes again every minute. It hears of files, claims and polls by the metrics of this host, so the ingestion does
/// nothing for it; while the database is away, it keeps the figures.
/// </summary>
internal sealed class HourKeeper : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);
    private static readonly string _succeeded = Tag.Word(PollOutcome.Succeeded);
    private static readonly TimeSpan _lastWrite = TimeSpan.FromSeconds(2);

    private readonly RoleDataSource _dataSource;
    private readonly Governor _governor;
    private readonly DatabaseWatch _watch;
    private readonly WatchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<DateTimeOffset, HourTally> _hours = [];
    private DateTimeOffset _governedTo = DateTimeOffset.MinValue;
    private DateTimeOffset? _swept;
    private bool _isFailing;

    public HourKeeper(
        [FromKeyedServices(DataSourceRole.Report)] RoleDataSource dataSource, Governor governor, DatabaseWatch watch, IMeterFactory meters, IOptions<PostgresOptions> options, TimeProvider time,
        ILogger<HourKeeper> logger)
    {
        _dataSource = dataSource;
        _governor = governor;
        _watch = watch;
        _options = options.Value.Watch;
        _time = time;
        _logger = logger;
        if (!_options.History) return;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == SchedulingMetrics.MeterName && instrument.Name is FacilityMetrics.Files or FacilityMetrics.Claims or SchedulingMetrics.Polls)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Count(instrument.Name, count, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, count, tags, _) => Count(instrument.Name, count, tags));
        _listener.Start();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes what was counted while the others stopped.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!_options.History) return;
        using var limit = new CancellationTokenSource(_lastWrite, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await RunOnceAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_options.History) return;
        try
        {
            while (true)
            {
                await Task.Delay(_interval, _time, stoppingToken);
                await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the last figures are written when all the others have stopped.
        }
    }

    /// <summary>Writes the row of this host, and those of earlier hours that were not written to their end.</summary>
    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
            DateTimeOffset hour = HourOf(_time.GetUtcNow());
            await WriteAsync(connection, Take(hour), cancellationToken);
            Forget(hour);
            if (_swept != hour) await SweepAsync(connection, hour - _options.HistoryKept, cancellationToken);
            _swept = hour;
            _isFailing = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing) _logger.HoursNotKept(exception is NpgsqlException refusal ? StoreErrors.Describe(refusal).Message : exception.Message);
            _isFailing = true;
            Forget(HourOf(_time.GetUtcNow()) - _options.HistoryKept);
        }
    }

    private static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static async Task WriteAsync(NpgsqlConnection connection, (DateTimeOffset Hour, HourTally Tally)[] hours, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach ((DateTimeOffset hour, HourTally tally) in hours)
        {
            // Written again it says the same or more, so a write whose answer was lost does no harm.
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                INSERT INTO claims.ingestion_hour AS h (hour, host, claims, files, quarantined, failed_polls, user_latency, least_share, staleness) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (hour, host) DO UPDATE SET
                  claims = greatest(h.claims, excluded.claims), files = greatest(h.files, excluded.files), quarantined = greatest(h.quarantined, excluded.quarantined),
                  failed_polls = greatest(h.failed_polls, excluded.failed_polls), user_latency = greatest(h.user_latency, excluded.user_latency), least_share = least(h.least_share, excluded.least_share),
                  staleness = greatest(h.staleness, excluded.staleness)
                """)
            {
                Parameters =
                {
                    new NpgsqlParameter<DateTimeOffset> { TypedValue = hour },
                    new NpgsqlParameter<string> { TypedValue = HostName.Value },
                    new NpgsqlParameter<long> { TypedValue = tally.Claims },
                    new NpgsqlParameter<long> { TypedValue = tally.Files },
                    new NpgsqlParameter<long> { TypedValue = tally.Quarantined },
                    new NpgsqlParameter<long> { TypedValue = tally.FailedPolls },
                    new NpgsqlParameter { Value = tally.UserLatency?.TotalSeconds ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Double },
                    new NpgsqlParameter<double> { TypedValue = tally.LeastShare },
                    new NpgsqlParameter<double> { TypedValue = tally.Staleness.TotalSeconds },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Removes what is older than it is kept. What another host removes at the same moment is left to it.</summary>
    private static async Task SweepAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            DELETE FROM claims.ingestion_hour h USING (SELECT hour, host FROM claims.ingestion_hour WHERE hour < $1 ORDER BY hour, host FOR UPDATE SKIP LOCKED) old
            WHERE h.hour = old.hour AND h.host = old.host
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Count(string instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string key = instrument == SchedulingMetrics.Polls ? Tag.PollOutcome : Tag.Fate;
        string? value = null;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == key) value = tag.Value as string;
        }

        lock (_gate)
        {
            HourTally tally = TallyOf(HourOf(_time.GetUtcNow()));
            switch (instrument)
            {
                case FacilityMetrics.Files:
                    tally.Files += count;
                    if (value == Tag.Word(FileStatus.Quarantined)) tally.Quarantined += count;
                    break;
                case FacilityMetrics.Claims:
                    if (value == Tag.Stored) tally.Claims += count;
                    break;
                default:
                    if (value is not null && value != _succeeded) tally.FailedPolls += count;
                    break;
            }
        }
    }

    private HourTally TallyOf(DateTimeOffset hour) => _hours.TryGetValue(hour, out HourTally? tally) ? tally : _hours[hour] = new HourTally();

    /// <summary>Adds what governor and watch saw meanwhile, and gives the figures of all hours that are not written to their end.</summary>
    private (DateTimeOffset Hour, HourTally Tally)[] Take(DateTimeOffset hour)
    {
        IReadOnlyList<GovernorStatus> decisions = [.. _governor.History, _governor.Status];
        TimeSpan staleness = _watch.TakeWorstStaleness();
        lock (_gate)
        {
            HourTally now = TallyOf(hour);
            if (staleness > now.Staleness) now.Staleness = staleness;
            foreach (GovernorStatus decision in decisions.Where(decision => decision.At > _governedTo))
            {
                HourTally then = HourOf(decision.At) == hour ? now : TallyOf(HourOf(decision.At));
                if (decision.UserLatency is { } latency && !(then.UserLatency >= latency)) then.UserLatency = latency;
                then.LeastShare = Math.Min(then.LeastShare, decision.Share);
                _governedTo = decision.At;
            }

            return [.. _hours.Select(pair => (pair.Key, pair.Value))];
        }
    }

    /// <summary>Hours before this one get nothing any more.</summary>
    private void Forget(DateTimeOffset before)
    {
        lock (_gate)
        {
            foreach (DateTimeOffset hour in _hours.Keys.TakeWhile(hour => hour < before).ToArray()) _hours.Remove(hour);
        }
    }
}
