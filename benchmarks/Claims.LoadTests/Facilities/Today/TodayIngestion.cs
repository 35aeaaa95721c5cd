using System.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Views;
using Claims.LoadTests.Facilities.Hosted;
using Claims.LoadTests.Peers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.LoadTests.Facilities.Today;

/// <summary>
/// The arrangement that the library replaces: each cycle polls all facilities at the same moment, stores each file row by row, and ends with a blocking refresh of the three reports;
/// all of it, and the API, from one pool.
/// </summary>
internal sealed class TodayIngestion(
    TodaySettings settings, [FromKeyedServices(DataSourceRole.Ingestion)] RoleDataSource pool, ReportViews reports, HostMeter meter) : IHostedIngestion
{
    private readonly SourceFiles _source = new([], 1);
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Puts it in place of the library's ingestion, and one pool in place of the three.</summary>
    public static void Add(IServiceCollection services, TodaySettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<IHostedIngestion, TodayIngestion>();
        foreach (DataSourceRole role in new[] { DataSourceRole.Api, DataSourceRole.Report })
            services.AddKeyedSingleton(role, (provider, _) => provider.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion));
    }

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await reports.RefreshAllAsync("the load test begins", cancellationToken);
        await using NpgsqlConnection connection = await pool.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("VACUUM (ANALYZE)", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public void Resume()
    {
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => RunAsync(_stop.Token));
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    // What is left over may be the work of minutes.
    public Task FinishAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        for (int n = 1; !stop.IsCancellationRequested; n++)
        {
            await Task.WhenAll(Directory.EnumerateDirectories(settings.Inbox).Select(folder => Task.Run(() => PollAsync(folder, stop), CancellationToken.None)));
            if (settings.Views) await RefreshAsync(stop);

            // At the next round time; those that passed meanwhile are left out.
            n = Math.Max(n, (int)Math.Ceiling(Stopwatch.GetElapsedTime(start) / settings.Interval));
            TimeSpan left = (n * settings.Interval) - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(left, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task PollAsync(string folder, CancellationToken stop)
    {
        meter.PollBegins();
        try
        {
            string archive = Directory.CreateDirectory(Path.Combine(folder, "stored")).FullName;
            foreach (string path in Directory.EnumerateFiles(folder).Order())
            {
                if (stop.IsCancellationRequested) return;
                await StoreAsync(Path.GetFileName(folder), path);
                File.Move(path, Path.Combine(archive, Path.GetFileName(path)));
            }
        }
        catch (NpgsqlException exception)
        {
            // The next cycle finds the file again.
            await Console.Error.WriteLineAsync($"{Path.GetFileName(folder)}: {exception.Message}");
        }
        finally
        {
            meter.PollEnded();
        }
    }

    private async Task StoreAsync(string facility, string path)
    {
        await using NpgsqlConnection connection = await pool.OpenPrimaryAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await new RowWriter(connection).WriteAsync(_source, facility, path);
        await transaction.CommitAsync();
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        foreach (string name in ReportViews.Names)
        {
            if (stop.IsCancellationRequested) return;
            string relation = MaterializedView.RelationOf(name);
            long start = Stopwatch.GetTimestamp();
            try
            {
                // With the settings that the library makes for it: what the planner takes for the best is not what is compared.
                await using NpgsqlConnection connection = await pool.OpenPrimaryAsync(CancellationToken.None);
                await using var command = new NpgsqlCommand($"BEGIN; SET LOCAL enable_nestloop = off; SET LOCAL jit = off; REFRESH MATERIALIZED VIEW {relation}; COMMIT", connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
                meter.Refreshed(relation, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
            catch (NpgsqlException exception)
            {
                await Console.Error.WriteLineAsync($"{relation}: {exception.Message}");
            }
        }
    }
}
