using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Asks the database every few seconds whether it answers, so that health checks need no connection of their own.</summary>
internal sealed class DatabaseProbe([FromKeyedServices(DataSourceRole.Ingestion)] NpgsqlDataSource dataSource, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private Answer _last = new(time.GetTimestamp(), "it was not asked yet");

    /// <summary>The last answer: how old it is, and what was wrong, if anything.</summary>
    public (TimeSpan Age, string? Error) Last
    {
        get
        {
            Answer last = Volatile.Read(ref _last);
            return (time.GetElapsedTime(last.Timestamp), last.Error);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await RunOnceAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        string? error = null;
        using var limit = new CancellationTokenSource(Interval, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using NpgsqlCommand command = dataSource.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            error = $"it did not answer within {Interval.TotalSeconds:F0} s";
        }
        catch (NpgsqlException exception)
        {
            error = StoreErrors.Describe(exception).Message;
        }

        Volatile.Write(ref _last, new Answer(time.GetTimestamp(), error));
    }

    private sealed record Answer(long Timestamp, string? Error);
}
