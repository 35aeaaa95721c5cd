using System.Diagnostics;
using System.Globalization;
using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Facilities.Output;
using Claims.LoadTests.Routing;
using Claims.Measuring;
using Npgsql;

namespace Claims.LoadTests.Facilities;

/// <summary>Runs users, and with them ingestion or not, for some time, and measures both.</summary>
internal sealed class PhaseRun(BenchmarkDatabase database, HostProcess host, ApiUsers users, FileFeed feed, FacilitiesSettings settings, IRunProgress progress)
{
    private static readonly TimeSpan FeedInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(250);

    private double _delivered;

    /// <param name="name">What people are told.</param>
    /// <param name="isBusy">Whether there is ingestion.</param>
    /// <param name="leadIn">How long both run before it counts: what waited while nothing was polled is fetched in a rush.</param>
    /// <param name="length">How long it counts.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    public async Task<Phase> RunAsync(string name, bool isBusy, TimeSpan leadIn, TimeSpan length, CancellationToken cancellationToken)
    {
        if (isBusy) await host.DoAsync(HostOrder.Resume, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(leadIn + length);
        Task showing = progress.PhaseAsync(name, leadIn + length, stop.Token);
        Task feeding = isBusy ? FeedAsync(stop.Token) : Task.CompletedTask;
        Task<Watched> watching = WatchAsync(leadIn, stop.Token, cancellationToken);

        // Those that are still under way when the time is over belong to it, and so do refreshes and who waits for a connection.
        IReadOnlyList<Request> requests = await users.RunAsync(settings.Burst > 1 && length == TimeSpan.FromSeconds(settings.Seconds) ? (leadIn + TimeSpan.FromSeconds(settings.BurstAt), settings.Burst) : null, stop.Token);
        Watched watched = await watching;
        await feeding;
        await showing;
        cancellationToken.ThrowIfCancellationRequested();
        if (isBusy) await host.DoAsync(HostOrder.Drain, cancellationToken);
        HostWindow ended = await host.CloseWindowAsync(cancellationToken);
        return new Phase
        {
            IsBusy = isBusy,
            Length = length,
            Requests = [.. requests.Where(request => request.Due >= leadIn).Select(request => request with { Due = request.Due - leadIn })],
            Host = watched.Window.EndedAs(ended),
            CpuPercent = watched.CpuPercent,
            PeakMb = watched.PeakMb,
            Stored = isBusy ? await StoredAsync(watched.Begin, length, cancellationToken) : [],
        };
    }

    private async Task FeedAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        double before = _delivered;
        while (!stop.IsCancellationRequested)
        {
            _delivered = before + (settings.ClaimsPerMin / 60.0 * Stopwatch.GetElapsedTime(start).TotalSeconds);
            feed.Bring(Math.Min(1, _delivered / settings.Delivered));
            await PauseAsync(FeedInterval, stop);
        }
    }

    private async Task<Watched> WatchAsync(TimeSpan leadIn, CancellationToken stop, CancellationToken cancellationToken)
    {
        await PauseAsync(leadIn, stop);
        await host.DoAsync(HostOrder.OpenWindow, cancellationToken);
        DateTime begin = await database.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        var cpu = new MachineCpu();
        double peak = host.ResidentMb();
        for (; !stop.IsCancellationRequested; peak = Math.Max(peak, host.ResidentMb())) await PauseAsync(MemoryInterval, stop);
        return new Watched(begin, cpu.Percent, peak, await host.CloseWindowAsync(cancellationToken));
    }

    private async Task<IReadOnlyList<(double Second, long Files, long Claims)>> StoredAsync(DateTime begin, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT floor(extract(epoch FROM stored_at - $1))::float8 AS second, count(*), sum(claim_count)::bigint
                FROM claims.claim_file
                WHERE name LIKE 'file-%' AND status = 'stored' AND stored_at >= $1 AND stored_at < $1 + {length.TotalSeconds} * interval '1 second'
                GROUP BY second ORDER BY second
                """),
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = begin });
        var stored = new List<(double, long, long)>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) stored.Add((reader.GetDouble(0), reader.GetInt64(1), reader.GetInt64(2)));
        return stored;
    }

    private static Task PauseAsync(TimeSpan time, CancellationToken stop) => Task.Delay(time, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);

    private sealed record Watched(DateTime Begin, double CpuPercent, double PeakMb, HostWindow Window);
}
