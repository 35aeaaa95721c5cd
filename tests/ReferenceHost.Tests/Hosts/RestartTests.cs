using FacilityGateway;
using FacilityGateway.Gateway;

namespace ReferenceHost.Tests.Hosts;

/// <summary>All hosts start at once after a time without any. The environment variable CLAIMS_RESTART_HOSTS says how many; from ten on the interval is a minute.</summary>
[Collection(nameof(SharedHosts))]
public sealed class RestartTests
{
    private static readonly int _count = SharedHosts.Number("CLAIMS_RESTART_HOSTS", 3);
    private static readonly WorldOptions _world = new() { Facilities = 60, FilesPerFacility = 2, ClaimsPerFile = 2, Seed = 35 };

    [Fact]
    public async Task TenHosts_RestartedAtOnce_NoWave()
    {
        TimeSpan interval = TimeSpan.FromSeconds(_count < 10 ? 12 : 60);

        // With a stagger that is too long the slots lie evenly over the interval, so that the usual rate is the same at all times.
        await using SharedHosts shared = await SharedHosts.CreateAsync(_world, ("Scheduling:Interval", $"{interval}"), ("Scheduling:Stagger", $"{interval / 20}"));

        // As an earlier run left it: every facility was served, three intervals ago and more.
        string earlier = string.Join(',', shared.Gateway.Accounts.Select((a, i) => $"('{a.FacilityId}', now() - interval '{(3 + (i / 60.0)) * interval.TotalSeconds} seconds')"));
        await shared.Database.ExecuteAsync(
            $"""
            INSERT INTO claims.facility_lease (facility_id, epoch, slot, served_slot) SELECT id, 1, slot, slot FROM (VALUES {earlier}) AS e (id, slot);
            INSERT INTO claims.facility_state (facility_id, last_slot, last_poll_at, last_outcome) SELECT id, slot, slot, 'Succeeded' FROM (VALUES {earlier}) AS e (id, slot);
            """);
        shared.Start(_count);
        await shared.UntilAsync("EXISTS (SELECT FROM public.granted)");
        await shared.UntilAsync($"(SELECT clock_timestamp() - min(at) >= '{interval}' FROM public.granted)", seconds: 90);
        await shared.StopAsync();

        long polls = await shared.Database.ScalarAsync<long>(
            $"SELECT count(DISTINCT (facility, slot)) FROM public.granted WHERE at < (SELECT min(at) FROM public.granted) + interval '{interval}'");
        long peak = await shared.Database.ScalarAsync<long>(
            $"SELECT max(n) FROM (SELECT count(*) OVER (ORDER BY at RANGE BETWEEN CURRENT ROW AND interval '{interval / 6}' FOLLOWING) AS n FROM public.granted) w");
        Console.WriteLine($"Restart: {_count} hosts, {polls} slots polled in the first {interval.TotalSeconds} s where 60 are usual; in the fullest sixth of it {peak} where 10 are usual");

        // Half of the missed slots are made up for. Those of the first second waited for the first host.
        Assert.InRange(polls, 30, 1.5 * 60 * ((interval + TimeSpan.FromSeconds(1)) / interval));
        Assert.InRange(shared.Gateway.Calls.CountOf(GatewayOperation.GetNewTransactions), 0, await shared.Database.ScalarAsync<long>("SELECT count(*) FROM public.granted"));
        Assert.Equal(60, await shared.Database.ScalarAsync<long>("SELECT count(DISTINCT facility) FROM public.granted"));
        await shared.AssertNobodyInterferedAsync();
    }
}
