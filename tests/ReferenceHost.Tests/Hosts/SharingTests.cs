using FacilityGateway;
using FacilityGateway.Gateway;

namespace ReferenceHost.Tests.Hosts;

[Collection(nameof(SharedHosts))]
public sealed class SharingTests
{
    private static readonly WorldOptions _world = new() { Facilities = 30, FilesPerFacility = 2, ClaimsPerFile = 2, Seed = 31 };

    [Fact]
    public async Task TwoAndThreeHosts_EachSlotIsPolledOnce()
    {
        // Six facilities a second, each busy for more than a second: one host with four places cannot serve them alone.
        await using SharedHosts shared = await SharedHosts.CreateAsync(
            _world, ("Scheduling:Interval", "00:00:05"), ("Scheduling:Stagger", "00:00:00.1"), ("Scheduling:LeaseTime", "00:00:10"), ("Scheduling:MaxConcurrentFacilities", "4"));
        shared.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.Delay, Operation = GatewayOperation.GetNewTransactions, Delay = TimeSpan.FromSeconds(1) });
        shared.Start(hosts: 2);
        await shared.UntilAsync("(SELECT count(*) FROM public.granted) >= 40");
        shared.Start();
        await shared.UntilAsync("(SELECT count(DISTINCT owner) FROM public.granted) = 3 AND (SELECT count(*) FROM public.granted) >= 90");
        await shared.StopAsync();

        await shared.AssertNobodyInterferedAsync();
        IReadOnlyList<string> shares = await shared.Database.RowsAsync("SELECT count(*) FROM public.granted GROUP BY owner ORDER BY 1");
        Assert.Equal(3, shares.Count);

        // From one slot of a facility to its next lies exactly one interval, unless the hosts were too busy and said so.
        IReadOnlyList<string> gaps = await shared.Database.RowsAsync(
            """
            SELECT * FROM (SELECT facility, slot, slot - lag(slot) OVER (PARTITION BY facility ORDER BY epoch) AS gap FROM public.granted WHERE is_served) g
            WHERE gap <> interval '5 seconds'
            """);
        Console.WriteLine($"TwoAndThreeHosts: polls by host {string.Join(' ', shares)}; {gaps.Count} slots left out");
        if (!shared.Hosts.Any(h => h.Output.Contains("FacilityRuns[1003]", StringComparison.Ordinal) || h.Output.Contains("FacilityScheduler[1010]", StringComparison.Ordinal))) Assert.Empty(gaps);
        Assert.Equal(30, await shared.Database.ScalarAsync<long>("SELECT count(DISTINCT facility) FROM public.granted"));
        long granted = await shared.Database.ScalarAsync<long>("SELECT count(*) FROM public.granted");
        Assert.InRange(shared.Gateway.Calls.CountOf(GatewayOperation.GetNewTransactions), granted - 12, granted);
    }
}
