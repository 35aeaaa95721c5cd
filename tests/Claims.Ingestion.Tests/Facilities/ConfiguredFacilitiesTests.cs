using Claims.Ingestion.Facilities;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Tests.Facilities;

public sealed class ConfiguredFacilitiesTests
{
    [Fact]
    public async Task GetFacilitiesAsync_ConfigurationReloads_ReturnsTheNewList()
    {
        IConfigurationRoot root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Claims:Facilities:0:Id"] = " FAC-1 ",
            ["Claims:Facilities:0:Endpoint"] = " /in ",
            ["Claims:Facilities:0:Name"] = "one",
        }).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddClaimsIngestion(root.GetSection("Claims")).UseInMemoryStore();
        await using ServiceProvider provider = services.BuildServiceProvider();
        var directory = provider.GetRequiredService<IFacilityDirectory>();
        Assert.Equal([new Facility("FAC-1", "directory", "/in") { Name = "one" }], await directory.GetFacilitiesAsync(Waiting.Token));

        root["Claims:Facilities:1:Id"] = "FAC-2";
        root["Claims:Facilities:1:Endpoint"] = "/other";
        root.Reload();

        Assert.Equal(["FAC-1", "FAC-2"], (await directory.GetFacilitiesAsync(Waiting.Token)).Select(f => f.Id));
    }
}
