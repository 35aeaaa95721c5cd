using FacilityGateway;
using FacilityGateway.Gateway;

namespace ReferenceHost.Tests.Hosts;

/// <summary>One facility drops many files at once. The environment variable CLAIMS_FLOOD_FILES says how many.</summary>
[Collection(nameof(SharedHosts))]
public sealed class FloodTests
{
    private const int ShortForm = 2000;

    private static readonly int _files = SharedHosts.Number("CLAIMS_FLOOD_FILES", ShortForm);
    private static readonly WorldOptions _world = new() { Facilities = 21, FilesPerFacility = 1, ClaimsPerFile = 2, Seed = 34 };

    [Fact]
    public async Task Flood_OneFacilityDropsManyFiles_OthersAreNotDelayed()
    {
        await using SharedHosts shared = await SharedHosts.CreateAsync(
            _world, ("Scheduling:Interval", "00:00:05"), ("Scheduling:Stagger", "00:00:00.2"), ("Scheduling:LeaseTime", "00:00:03"), ("Scheduling:PollTimeout", "01:00:00"));
        string flooded = shared.Gateway.Accounts[0].FacilityId;
        string[] others = [.. shared.Gateway.Accounts.Skip(1).Select(a => a.FacilityId)];
        for (int i = 0; i < _files; i++) Put(shared, flooded, i);
        shared.Start();

        // The others bring a file each from time to time, as long as the flood lasts.
        for (int stored = 0, seed = _files; stored < _files; stored += 1000)
        {
            foreach (string other in others) Put(shared, other, seed++);
            await shared.UntilAsync($"(SELECT count(*) FROM claims.claim_file WHERE facility_id = '{flooded}') >= {Math.Min(stored + 1000, _files + 1)}", seconds: 120);
        }

        string end = await shared.Database.ScalarAsync<string>("SELECT clock_timestamp()::text");
        await shared.UntilAllStoredAsync(seconds: 60, others);
        await shared.StopAsync();

        IReadOnlyList<double> delays = await shared.NumbersAsync(
            $"SELECT extract(epoch FROM began_at - slot)::float8 FROM public.polled WHERE facility <> '{flooded}' AND began_at <= '{end}'");
        IReadOnlyList<double> stores = await shared.NumbersAsync(
            $"SELECT extract(epoch FROM stored_at - received_at)::float8 FROM claims.claim_file WHERE facility_id <> '{flooded}' AND received_at <= '{end}'");
        Console.WriteLine($"Flood: {_files} files; {delays.Count} polls of others began {Spread(delays)} after their slots; {stores.Count} files of others were stored {Spread(stores)} after their fetch");
        Assert.InRange(await shared.Database.ScalarAsync<long>($"SELECT count(*) FROM claims.claim_file WHERE facility_id = '{flooded}'"), _files, _files + 1);
        Assert.InRange(stores.Max(), 0, 10);
        if (_files > ShortForm) Assert.InRange(SharedHosts.Percentile(delays, 0.99), 0, 0.2 + 2);
        await shared.AssertNobodyInterferedAsync();
    }

    /// <summary>A submission of one claim, as received: so that it is listed as new.</summary>
    private static void Put(SharedHosts shared, string facilityId, int seed)
    {
        using var bytes = new MemoryStream();
        SubmissionFile.WriteLarge(bytes, claims: 1, seed, facilityId);
        shared.Gateway.Inboxes.Put(facilityId, $"{seed:000000}.xml", bytes.ToArray(), direction: 2, transactionId: 2);
    }

    private static string Spread(IReadOnlyList<double> values) =>
        $"p50 {SharedHosts.Percentile(values, 0.5):0.00} s, p99 {SharedHosts.Percentile(values, 0.99):0.00} s, max {values.Max():0.00} s";
}
