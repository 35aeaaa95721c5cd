using FacilityGateway;
using FacilityGateway.Gateway;

namespace ReferenceHost.Tests.Hosts;

/// <summary>Stops hosts in the middle of their work and lets them go on when others have their facilities. The environment variable CLAIMS_FREEZES says how often.</summary>
[Collection(nameof(SharedHosts))]
public sealed class FreezeTests
{
    private const int Enough = 10;

    private static readonly int _freezes = SharedHosts.Number("CLAIMS_FREEZES", 2);
    private static readonly WorldOptions _world = new() { Facilities = 60, FilesPerFacility = 5 * _freezes, ClaimsPerFile = 2, Seed = 33 };

    [Fact]
    public async Task Freeze_OwnerBeyondItsLease_WritesNothingAfterwards()
    {
        await using SharedHosts shared = await SharedHosts.CreateAsync(
            _world, ("Scheduling:Interval", "00:00:05"), ("Scheduling:Stagger", "00:00:00.08"), ("Scheduling:LeaseTime", "00:00:02"), ("Scheduling:MaxConcurrentFacilities", "60"),
            ("Pipeline:Writers", "1"), ("Pipeline:BatchFiles", "2"));

        // Storing is slower than fetching, so that a frozen host always has files that it would store when it goes on.
        await shared.Database.ExecuteAsync(
            """
            CREATE FUNCTION public.take_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END $$;
            CREATE TRIGGER take_time AFTER INSERT ON claims.claim_file FOR EACH STATEMENT EXECUTE FUNCTION public.take_time();
            """);
        shared.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.Delay, Operation = GatewayOperation.GetNewTransactions, Delay = TimeSpan.FromSeconds(2.5) });
        shared.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.Delay, Operation = GatewayOperation.DownloadTransactionFile, Delay = TimeSpan.FromMilliseconds(250) });
        IReadOnlyList<HostProcess> hosts = shared.Start(hosts: 2);
        await shared.Database.ExecuteAsync("CREATE TABLE public.freeze (owner text, facility text, epoch bigint, at timestamptz)");
        var random = new Random(Seed: 33);
        for (int freeze = 0; freeze < _freezes; freeze++)
        {
            HostProcess frozen = hosts[freeze % hosts.Count];
            string owner = SharedHosts.OwnerOf(frozen);
            await shared.UntilAsync(
                $"""
                count(*) >= {Enough} AND bool_or(EXISTS (SELECT FROM claims.claim_file f WHERE f.facility_id = l.facility_id AND f.lease_epoch = l.epoch))
                FROM claims.facility_lease l WHERE owner LIKE '{owner}' AND expires_at > clock_timestamp()
                """);
            for (int i = random.Next(100); i > 0; i--) await shared.Database.ScalarAsync<int>("SELECT 1");
            await shared.Database.ExecuteAsync($"INSERT INTO public.freeze (owner, at) VALUES ('{owner}', clock_timestamp())");
            await frozen.FreezeAsync();
            await shared.UntilAsync($"NOT EXISTS (SELECT FROM claims.facility_lease WHERE owner LIKE '{owner}')");
            await frozen.ThawAsync();
        }

        await shared.Database.ExecuteAsync("DROP TRIGGER take_time ON claims.claim_file");
        shared.Gateway.Faults.Clear();
        await shared.UntilAllStoredAsync(seconds: 300);
        await shared.StopAsync();

        IReadOnlyList<double> times = await shared.NumbersAsync(
            """
            SELECT extract(epoch FROM g.at - f.at)::float8
            FROM public.granted g CROSS JOIN LATERAL (SELECT * FROM public.freeze f WHERE f.at < g.at ORDER BY f.at DESC LIMIT 1) f
            WHERE g.from_owner LIKE f.owner AND g.owner NOT LIKE f.owner
            """);
        int refused = hosts.Sum(h => h.Output.Split('\n').Count(line => line.Contains("BatchWriter[3011]", StringComparison.Ordinal)));
        Console.WriteLine(
            $"Freeze: {_freezes} freezes, {times.Count} take-overs, p50 {SharedHosts.Percentile(times, 0.5):0.00} s, max {times.Max():0.00} s after the freeze; {refused} batches of frozen hosts refused");
        Assert.True(times.Count >= _freezes && refused > 0, "No host was met at work.");
        await shared.AssertNobodyInterferedAsync();
        await shared.AssertExactAsync(_world);
    }
}
