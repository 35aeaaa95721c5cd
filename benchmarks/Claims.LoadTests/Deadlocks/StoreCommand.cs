using System.CommandLine;
using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Governing;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.LoadTests.Deadlocks;

/// <summary>A process of writers: told a round it reads the round's files, told once more it stores them from all writers at once.</summary>
internal static class StoreCommand
{
    public const string Name = "store";
    public const string Ready = "ready";

    public static Command Create()
    {
        var connection = new Option<string>("--connection") { Required = true };
        var writers = new Option<int>("--writers") { Required = true };
        var shuffled = new Option<bool>("--shuffled");
        var command = new Command(Name) { connection, writers, shuffled };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(connection), parsed.GetRequiredValue(writers), parsed.GetValue(shuffled), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string connection, int writers, bool shuffled, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddClaimsIngestion().UsePostgres(connection);
        await using ServiceProvider provider = services.BuildServiceProvider();
        IClaimStore store = shuffled
            ? new PostgresClaimStore(
                provider.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion), provider.GetRequiredService<IOptions<SchedulingOptions>>(), provider.GetRequiredService<MonthPartitions>(),
                provider.GetRequiredService<CommitTimes>())
            {
                LocksOf = Shuffled,
            }
            : provider.GetRequiredService<IClaimStore>();
        while (await Console.In.ReadLineAsync(cancellationToken) is { } round)
        {
            ReadFile[] files = await RoundFiles.LoadAsync(provider, int.Parse(round, CultureInfo.InvariantCulture), cancellationToken);
            Console.WriteLine(Ready);
            await Console.In.ReadLineAsync(cancellationToken);
            StoreTally[] tallies = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => Writer.StoreAllAsync(store, files, cancellationToken), cancellationToken)));
            Console.WriteLine(tallies.Aggregate((one, other) => one.Plus(other)));
        }

        return 0;
    }

    private static long[] Shuffled(IEnumerable<ClaimFile> files)
    {
        long[] locks = LedgerLocks.Of(files);
        Random.Shared.Shuffle(locks);
        return locks;
    }
}
