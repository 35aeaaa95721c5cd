using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Postgres.Tests.Leases;

/// <summary>What every kind of lease must do.</summary>
public abstract class FacilityLeaseConformance
{
    protected static readonly DateTimeOffset Slot = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
    protected static readonly TimeSpan Interval = TimeSpan.FromMinutes(30);

    protected abstract IFacilityLease Leases { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acquire_Twice_IsGrantedOnce()
    {
        Assert.Equal(["A", "B"], (await AcquireAsync("A", "B")).Select(g => g.Lease.FacilityId).Order(StringComparer.Ordinal));

        Assert.Equal(["C"], (await AcquireAsync("A", "B", "C")).Select(g => g.Lease.FacilityId));
    }

    [Fact]
    public async Task Acquire_AfterRelease_HasAHigherEpochAndTheLastRecord()
    {
        FacilityLease first = await AcquireAsync("A");
        PollRecord record = Record("A", Slot);
        await Leases.ReleaseAsync(first, record, Token);

        LeaseGrant second = Assert.Single(await Leases.AcquireAsync([Request("A", Slot + Interval)], Token));

        Assert.True(second.Lease.Epoch > first.Epoch);
        Assert.Equal(record with { FilesLast24Hours = 3, ClaimsLast24Hours = 40, VolumeProfile = default }, second.LastPoll! with { VolumeProfile = default });
        Assert.Equal([1, 2, 3], second.LastPoll!.VolumeProfile.ToArray());
    }

    [Fact]
    public async Task Acquire_SlotThatIsServed_IsNotGrantedAgainUnlessForced()
    {
        await Leases.ReleaseAsync(await AcquireAsync("A"), Record("A", Slot), Token);

        Assert.Empty(await Leases.AcquireAsync([Request("A", Slot)], Token));
        Assert.Empty(await Leases.AcquireAsync([Request("A", Slot.AddMinutes(14))], Token));
        Assert.Single(await Leases.AcquireAsync([Request("A", Slot) with { IsForced = true }], Token));
    }

    [Fact]
    public async Task Acquire_ClockWasSetBackByDays_IsGranted()
    {
        await Leases.ReleaseAsync(await AcquireAsync("A"), Record("A", Slot), Token);

        Assert.Empty(await Leases.AcquireAsync([Request("A", Slot - Interval)], Token));
        Assert.Single(await Leases.AcquireAsync([Request("A", Slot.AddDays(-2))], Token));
    }

    [Fact]
    public async Task Release_WithoutARecord_LeavesTheSlotUnserved()
    {
        await Leases.ReleaseAsync(await AcquireAsync("A"), null, Token);

        Assert.Single(await Leases.AcquireAsync([Request("A", Slot)], Token));
    }

    [Fact]
    public async Task Release_ForcedPoll_LeavesTheSlotsAsTheyAre()
    {
        LeaseGrant forced = Assert.Single(await Leases.AcquireAsync([Request("A", Slot.AddMinutes(-1)) with { IsForced = true }], Token));
        await Leases.ReleaseAsync(forced.Lease, Record("A", null), Token);

        Assert.Single(await Leases.AcquireAsync([Request("A", Slot)], Token));
        Assert.Empty(await Leases.FindAbandonedAsync(Token));
    }

    [Fact]
    public async Task Renew_HeldLease_IsReturned()
    {
        FacilityLease lease = await AcquireAsync("A");

        Assert.Equal([lease], await Leases.RenewAsync([lease], Token));
    }

    [Fact]
    public async Task SetPaused_SlotsAreNotGranted_UntilResumed()
    {
        await Leases.SetPausedAsync("A", true, Token);
        Assert.Empty(await Leases.AcquireAsync([Request("A", Slot)], Token));
        Assert.True(Assert.Single(await Leases.GetChangedRecordsAsync(Token)).IsPaused);
        LeaseGrant forced = Assert.Single(await Leases.AcquireAsync([Request("A", Slot) with { IsForced = true }], Token));
        await Leases.ReleaseAsync(forced.Lease, Record("A", null), Token);
        Assert.Empty(await Leases.AcquireAsync([Request("A", Slot)], Token));

        await Leases.SetPausedAsync("A", false, Token);

        Assert.Single(await Leases.AcquireAsync([Request("A", Slot)], Token));
    }

    [Fact]
    public async Task GetChangedRecords_AfterPolls_TellsThem()
    {
        Assert.Empty(await Leases.GetChangedRecordsAsync(Token));
        await Leases.ReleaseAsync(await AcquireAsync("A"), Record("A", Slot), Token);
        await Leases.ReleaseAsync(await AcquireAsync("B"), Record("B", Slot) with { Outcome = PollOutcome.CircuitOpen, Error = "why", Circuit = CircuitState.Open }, Token);

        IReadOnlyList<PollRecord> records = await Leases.GetChangedRecordsAsync(Token);

        Assert.Equal(["A Succeeded  ", "B CircuitOpen why Open"], records.OrderBy(r => r.FacilityId, StringComparer.Ordinal).Select(r => $"{r.FacilityId} {r.Outcome} {r.Error} {r.Circuit}"));
    }

    [Fact]
    public async Task Volume_OfSeveralPolls_AddsUpOverADay()
    {
        for (int i = 0; i < 3; i++) await Leases.ReleaseAsync(await AcquireAsync(Slot + (i * Interval), "A"), Record("A", Slot + (i * Interval)), Token);

        PollRecord last = (await Leases.GetChangedRecordsAsync(Token)).Single(r => r.FacilityId == "A");

        Assert.Equal((9, 120L), (last.FilesLast24Hours, last.ClaimsLast24Hours));
    }

    protected static LeaseRequest Request(string facilityId, DateTimeOffset slot) => new(facilityId, slot, Interval / 2);

    protected static PollRecord Record(string facilityId, DateTimeOffset? slot) => new()
    {
        FacilityId = facilityId,
        Slot = slot,
        StartedAt = Slot.AddSeconds(1),
        Duration = TimeSpan.FromSeconds(2),
        Outcome = PollOutcome.Succeeded,
        NextSlot = Slot + Interval,
        LastSuccess = Slot.AddSeconds(-9),
        ConsecutiveFailures = 4,
        SkippedSlots = 5,
        Files = 3,
        Claims = 40,
        VolumeProfile = new byte[] { 1, 2, 3 },
        Host = "host",
    };

    protected async Task<FacilityLease> AcquireAsync(string facilityId) => await AcquireAsync(Slot, facilityId);

    protected async Task<FacilityLease> AcquireAsync(DateTimeOffset slot, string facilityId) =>
        Assert.Single(await Leases.AcquireAsync([Request(facilityId, slot)], Token)).Lease;

    protected async Task<IReadOnlyList<LeaseGrant>> AcquireAsync(params string[] facilityIds) =>
        await Leases.AcquireAsync([.. facilityIds.Select(id => Request(id, Slot))], Token);
}
