using Claims.Ingestion.Facilities;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.Tests.Facilities;

public sealed class ConfiguredFacilitiesTests
{
    [Fact]
    public async Task GetFacilitiesAsync_EverySetting_IsTaken()
    {
        (_, ServiceProvider provider) = Configure(
            ("Id", " FAC-1 "), ("Endpoint", " /in "), ("Name", "one"), ("Interval", "00:10:00"), ("PollTimeout", "00:02:00"), ("Priority", "-3"),
            ("Window:From", "22:00"), ("Window:To", "05:30"), ("Window:TimeZone", " Asia/Dubai "), ("Paused", "true"));
        await using ServiceProvider owned = provider;

        Assert.Equal(
            [
                new Facility("FAC-1", "directory", "/in")
                {
                    Name = "one",
                    Interval = TimeSpan.FromMinutes(10),
                    PollTimeout = TimeSpan.FromMinutes(2),
                    Priority = -3,
                    Window = new PollWindow(new TimeOnly(22, 0), new TimeOnly(5, 30), "Asia/Dubai"),
                    IsPaused = true,
                },
            ],
            await provider.GetRequiredService<IFacilityDirectory>().GetFacilitiesAsync(Waiting.Token));
    }

    [Fact]
    public async Task GetFacilitiesAsync_ConfigurationReloads_ReturnsTheNewListAndOtherwiseTheSame()
    {
        (IConfigurationRoot root, ServiceProvider provider) = Configure(("Id", "FAC-1"), ("Endpoint", "/in"));
        await using ServiceProvider owned = provider;
        var directory = provider.GetRequiredService<IFacilityDirectory>();
        IReadOnlyList<Facility> first = await directory.GetFacilitiesAsync(Waiting.Token);
        Assert.Equal([new Facility("FAC-1", "directory", "/in")], first);
        Assert.Same(first, await directory.GetFacilitiesAsync(Waiting.Token));

        root["Claims:Facilities:1:Id"] = "FAC-2";
        root["Claims:Facilities:1:Endpoint"] = "/other";
        root.Reload();

        IReadOnlyList<Facility> second = await directory.GetFacilitiesAsync(Waiting.Token);
        Assert.Equal(["FAC-1", "FAC-2"], second.Select(f => f.Id));
        Assert.Same(second, await directory.GetFacilitiesAsync(Waiting.Token));
    }

    [Fact]
    public async Task GetFacilitiesAsync_ReloadWithAnError_KeepsTheListBeforeItAndSaysWhyOnce()
    {
        (IConfigurationRoot root, ServiceProvider provider) = Configure(("Id", "FAC-1"), ("Endpoint", "/in"));
        await using ServiceProvider owned = provider;
        var directory = provider.GetRequiredService<IFacilityDirectory>();
        IReadOnlyList<Facility> first = await directory.GetFacilitiesAsync(Waiting.Token);

        root["Claims:Facilities:0:Priority"] = "11";
        Assert.ThrowsAny<Exception>(root.Reload);

        Assert.Same(first, await directory.GetFacilitiesAsync(Waiting.Token));
        Assert.Same(first, await directory.GetFacilitiesAsync(Waiting.Token));
        FakeLogRecord refused = Assert.Single(provider.GetFakeLogCollector().GetSnapshot(), record => record.Id.Name == "ReloadRefused");
        Assert.Contains("Claims:Facilities:0:Priority is 11", refused.Message, StringComparison.Ordinal);
        root["Claims:Facilities:0:Priority"] = "10";
        root.Reload();
        Assert.Equal(10, Assert.Single(await directory.GetFacilitiesAsync(Waiting.Token)).Priority);
    }

    private static (IConfigurationRoot Root, ServiceProvider Provider) Configure(params (string Key, string Value)[] facility)
    {
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection(facility.Select(s => KeyValuePair.Create($"Claims:Facilities:0:{s.Key}", (string?)s.Value)))
            .Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddFakeLogging());
        services.AddClaimsIngestion(root.GetSection("Claims")).UseInMemoryStore();
        return (root, services.BuildServiceProvider());
    }
}
