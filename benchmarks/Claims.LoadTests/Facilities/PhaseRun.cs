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

    private readonly long _begin = Stopwatch.GetTimestamp();
    private double _delivered;

    public async Task<Phase> RunAsync(string name, bool isBusy, TimeSpan length, CancellationToken cancellationToken)
    {
        await host.DoAsync(HostOrder.OpenWindow, cancellationToken);
        DateTime begin = await database.ScalarAsync<DateTime>("SELECT clock_timestamp()");
        if (isBusy) await host.DoAsync(HostOrder.Resume, cancellationToken);
        TimeSpan start = Stopwatch.GetElapsedTime(_begin);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(length);
        Task showing = progress.PhaseAsync(name, length, stop.Token);
        Task feeding = isBusy ? FeedAsync(stop.Token) : Task.CompletedTask;
        Task<(double Cpu, double PeakMb, HostWindow Window)> watching = WatchAsync(stop.Token, cancellationToken);

        // Those that are still under way when the time is over belong to it, and so do refreshes and who waits for a connection.
        IReadOnlyList<Request> requests = await users.RunAsync(stop.Token);
        (double percent, double peak, HostWindow window) = await watching;
        await feeding;
        await showing;
        cancellationToken.ThrowIfCancellationRequested();
        if (isBusy) await host.DoAsync(HostOrder.Drain, cancellationToken);
        HostWindow ended = await host.CloseWindowAsync(cancellationToken);
        return new Phase
        {
            IsBusy = isBusy,
            Start = start,
            Length = length,
            Requests = requests,
            Host = window.EndedAs(ended),
            CpuPercent = percent,
            PeakMb = peak,
            Stored = isBusy ? await StoredAsync(begin, length, cancellationToken) : [],
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

    private async Task<(double Cpu, double PeakMb, HostWindow Window)> WatchAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        var cpu = new MachineCpu();
        double peak = host.ResidentMb();
        for (; !stop.IsCancellationRequested; peak = Math.Max(peak, host.ResidentMb())) await PauseAsync(MemoryInterval, stop);
        return (cpu.Percent, peak, await host.CloseWindowAsync(cancellationToken));
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
}
