using Claims.Ingestion.Dashboard.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Dashboard.Tests.DependencyInjection;

public sealed class ClaimsDashboardServiceCollectionExtensionsTests
{
    [Fact]
    public void AddClaimsDashboard_Twice_AddsNothingTwice()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddClaimsDashboard();
        int count = services.Count;

        services.AddClaimsDashboard();

        Assert.Equal(count, services.Count);
        Assert.Single(services.BuildServiceProvider().GetServices<IHostedService>().OfType<DashboardLive>());
    }
}
