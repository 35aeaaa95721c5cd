using Claims.Ingestion.Facilities;
using Claims.Ingestion.Postgres.Facilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Postgres.Tests.Facilities;

public sealed class FacilityTableRegistrationTests
{
    private const string ConnectionString = "Host=127.0.0.1;Port=1;Username=claims;Database=claims";

    [Fact]
    public async Task Start_WithoutPostgres_FailsAndSaysWhatToAdd()
    {
        using IHost host = new HostBuilder().ConfigureServices(services => services.AddClaimsIngestion().UseInMemoryStore().UseFacilityTable()).Build();

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("UseFacilityTable keeps the facilities in PostgreSQL, which is not set up: call UsePostgres(...) on the same builder.", exception.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UseFacilityTable_BeforeOrAfterUsePostgres_TakesThePlaceOfTheDirectory(bool isTableFirst)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        IClaimsIngestionBuilder builder = services.AddClaimsIngestion();
        if (isTableFirst) builder.UseFacilityTable().UsePostgres(ConnectionString);
        else builder.UsePostgres(ConnectionString).UseFacilityTable();
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.IsType<TableFacilities>(Assert.Single(provider.GetServices<IFacilityDirectory>()));
    }

    [Fact]
    public void UseFacilityTable_Twice_AddsNothingTwice()
    {
        var services = new ServiceCollection();
        IClaimsIngestionBuilder builder = services.AddClaimsIngestion().UseFacilityTable();
        int count = services.Count;

        builder.UseFacilityTable();
        services.AddClaimsIngestion().UseFacilityTable();

        Assert.Equal(count, services.Count);
        Assert.Throws<ArgumentNullException>(() => ((IClaimsIngestionBuilder)null!).UseFacilityTable());
    }
}
