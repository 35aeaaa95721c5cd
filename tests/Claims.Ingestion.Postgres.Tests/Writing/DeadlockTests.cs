using System.Collections.Concurrent;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Governing;
using Claims.Ingestion.Postgres.Partitions;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>Writers that store the same files at the same time, in batches of their own cut and order: two hosts with four writers each.</summary>
public sealed class DeadlockTests : IAsyncLifetime
{
    private const int Hosts = 2;
    private const int WritersPerHost = 4;
    private const int Rounds = 12;
    private const int FilesPerRound = 40;
    private const int FilesPerBatch = 10;

    private ClaimsDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await ClaimsDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task StoreAsync_SameFilesInManyOrders_NeverDeadlocks_AndStoresEachOnce()
    {
        IReadOnlyList<string> failures = await StoreFromAllSidesAsync(LedgerLocks.Of, Rounds);

        Assert.Empty(failures);
        Assert.Equal(0, await DeadlocksAsync());
        Assert.Equal(
            $"files {Rounds * FilesPerRound}, submitted {Rounds * FilesPerRound / 2}, remitted {Rounds * FilesPerRound / 2}",
            await _database.ScalarAsync<string>(
                """
                SELECT format('files %s, submitted %s, remitted %s',
                  (SELECT count(*) FROM claims.claim_file WHERE status = 'stored'), (SELECT count(*) FROM claims.claim), (SELECT count(*) FROM claims.remittance_claim))
                """));
    }

    [Fact]
    public async Task StoreAsync_LocksInNoOrder_Deadlocks()
    {
        await _database.ExecuteAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = 20', current_database()); END $$");

        IReadOnlyList<string> failures = await StoreFromAllSidesAsync(files => Shuffled(LedgerLocks.Of(files)), rounds: 4);

        Assert.Contains(failures, failure => failure.Contains(PostgresErrorCodes.DeadlockDetected, StringComparison.Ordinal));
        Assert.NotEqual(0, await DeadlocksAsync());
    }

    private async Task<IReadOnlyList<string>> StoreFromAllSidesAsync(Func<IEnumerable<ClaimFile>, long[]> locksOf, int rounds)
    {
        var failures = new ConcurrentQueue<string>();
        ServiceProvider[] hosts = [.. Enumerable.Range(0, Hosts).Select(_ => TestServices.Create(_database.ConnectionString))];
        for (int round = 0; round < rounds; round++)
        {
            SampleFile[] files = [.. Enumerable.Range(0, FilesPerRound).Select(n => File(round, n))];
            await Task.WhenAll(hosts.SelectMany(host => Enumerable.Range(0, WritersPerHost).Select(_ => Task.Run(() => StoreAllAsync(StoreOf(host), Shuffled(files)), Token))));
        }

        // Closing its connections makes the server count what it saw on them.
        foreach (ServiceProvider host in hosts) await host.DisposeAsync();
        return [.. failures];

        async Task StoreAllAsync(PostgresClaimStore store, SampleFile[] files)
        {
            foreach (SampleFile[] batch in files.Chunk(FilesPerBatch))
            {
                try
                {
                    await store.StoreAsync(batch, Token);
                }
                catch (ClaimStoreException exception)
                {
                    failures.Enqueue(exception.Message);
                }
            }
        }

        PostgresClaimStore StoreOf(ServiceProvider host) =>
            new(host.GetRequiredKeyedService<RoleDataSource>(DataSourceRole.Ingestion), host.GetRequiredService<IOptions<SchedulingOptions>>(), host.GetRequiredService<MonthPartitions>(),
                host.GetRequiredService<CommitTimes>())
            {
                LocksOf = locksOf,
            };
    }

    /// <summary>Submissions and remittances of the same claims; every claim is in several files.</summary>
    private static SampleFile File(int round, int number)
    {
        string claim = $"C{round}-{number % 7}";
        return number % 2 == 0
            ? Sample.Submission($"s{round}-{number}", Sample.Day1, Sample.Claim(claim, 10m))
            : Sample.Remittance($"r{round}-{number}", Sample.Day1, Sample.Remitted(claim, activities: ("A1", 10m, 10m, null)));
    }

    private static T[] Shuffled<T>(T[] items)
    {
        T[] copy = [.. items];
        Random.Shared.Shuffle(copy);
        return copy;
    }

    private Task<long> DeadlocksAsync() => _database.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
}
