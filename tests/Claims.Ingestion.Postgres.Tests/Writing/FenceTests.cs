using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>Who may store a facility's files, and when.</summary>
public sealed class FenceTests : IAsyncLifetime
{
    private const string FacilityId = "DHA-F-0000001";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task StoreAsync_LeaseHasRunOutAndNobodyTookIt_IsRefused()
    {
        long epoch = await AcquireAsync();
        await RunOutAsync();

        LeaseLostException lost = await Assert.ThrowsAsync<LeaseLostException>(() => StoreAsync(new HeldFile(epoch)));

        Assert.Equal([FacilityId], lost.FacilityIds);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim"));
    }

    [Fact]
    public async Task StoreAsync_OwnerBeforeStandsStillWhileItStores_KeepsNobodyWaiting()
    {
        var before = new HeldFile(await AcquireAsync(), isHeld: true);
        Task storing = StoreAsync(before);
        await before.Reached.WaitAsync(_limit, Token);
        await RunOutAsync();
        long epoch = await AcquireAsync();

        await StoreAsync(new HeldFile(epoch)).WaitAsync(_limit, Token);

        before.GoOn();
        await Assert.ThrowsAnyAsync<Exception>(() => storing.WaitAsync(_limit, Token));
        Assert.Equal(["(2)"], await _database.RowsAsync("SELECT lease_epoch FROM claims.claim_file"));
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim"));
    }

    private async Task<long> AcquireAsync() =>
        Assert.Single(await _services.GetRequiredService<IFacilityLease>().AcquireAsync([new LeaseRequest(FacilityId, Sample.Day1, TimeSpan.Zero)], Token)).Lease.Epoch;

    private Task RunOutAsync() => _database.ExecuteAsync("UPDATE claims.facility_lease SET expires_at = clock_timestamp()");

    private Task StoreAsync(HeldFile file) => _services.Store().StoreAsync([file], Token);

    /// <summary>A file that may stop in the middle of its transaction, as its host may.</summary>
    private sealed class HeldFile(long epoch, bool isHeld = false) : ReadFile
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public override ClaimFile File { get; } = new()
        {
            FacilityId = FacilityId,
            LeaseEpoch = epoch,
            ExternalId = "s1",
            Name = "s1.xml",
            ReceivedAt = Sample.Day1,
            Length = 1,
            ContentHash = SHA256.HashData(Encoding.UTF8.GetBytes("s1")),
            OpenRead = () => new MemoryStream(),
        };

        public override ReadOutcome Outcome { get; } = Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 1);

        public void GoOn() => _goesOn.SetResult();

        public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            _reached.SetResult();
            if (isHeld) await _goesOn.Task.WaitAsync(cancellationToken);
            yield return new ClaimSlice { Submitted = [Sample.Claim("C1", 1m)] };
        }
    }
}
