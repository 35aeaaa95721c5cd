using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Tests.Fakes;
using Claims.Ingestion.Volumes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class FacilitiesHealthCheckTests : IAsyncLifetime
{
    private readonly Kit _kit = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public async Task Check_NoFacilities_IsHealthy() => Assert.Equal((HealthStatus.Healthy, "0 of 0 facilities fail, 0 are silent."), await CheckAsync());

    [Fact]
    public async Task Check_UpToTheShare_IsHealthy()
    {
        Learn(5, failing: 1, silent: 0);

        Assert.Equal((HealthStatus.Healthy, "1 of 5 facilities fail, 0 are silent."), await CheckAsync());
    }

    [Fact]
    public async Task Check_FailingAndSilentBeyondTheShare_NamesTheFirstAndWhatToDo()
    {
        Learn(10, failing: 2, silent: 2);

        (HealthStatus status, string? text) = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, status);
        Assert.Equal(
            "2 of 10 facilities fail, 2 are silent, more than the share of 0.2 that Claims:Health:FailingFacilityShare allows. What is wrong, and what to do, for each: " +
            "FAC-01: the login 1 was refused; give another; FAC-00: the login 0 was refused; give another; FAC-02: no file for 30 hours; and 1 more.",
            text);
    }

    [Fact]
    public async Task Check_PausedOnes_DoNotCount()
    {
        Learn(2, failing: 1, silent: 0);
        FacilityEntry failing = _kit.Runs.Find("FAC-00")!;
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);

        failing.Learn(failing.Record with { IsPaused = true }, default);

        Assert.Equal((HealthStatus.Healthy, "0 of 1 facilities fail, 0 are silent."), await CheckAsync());
    }

    [Fact]
    public async Task Check_IsRegisteredForReadyAlone()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks().AddClaimsIngestion();
        await using ServiceProvider provider = services.BuildServiceProvider();

        HealthCheckRegistration registration = provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single(r => r.Name == "claims-facilities");

        Assert.Equal(["ready"], registration.Tags);
    }

    private void Learn(int count, int failing, int silent)
    {
        for (int i = 0; i < count; i++)
        {
            FacilityEntry entry = _kit.Runs.EntryOf(new Facility($"FAC-{i:D2}", "fake", "nowhere"));
            var record = new PollRecord { FacilityId = entry.Facility.Id, Outcome = PollOutcome.Succeeded };
            if (i < failing) record = record with { Outcome = PollOutcome.CredentialRefused, ConsecutiveFailures = i + 1, Error = $"the login {i} was refused; give another." };
            entry.Learn(record, i >= failing && i < failing + silent ? new VolumeVerdict(VolumeState.Silent, "no file for 30 hours") : new VolumeVerdict(VolumeState.Usual, null));
        }
    }

    private async Task<(HealthStatus Status, string? Text)> CheckAsync()
    {
        HealthCheckResult result = await new FacilitiesHealthCheck(_kit.Runs, _kit.Get<IOptions<HealthOptions>>()).CheckHealthAsync(new HealthCheckContext(), Waiting.Token);
        return (result.Status, result.Description);
    }
}
