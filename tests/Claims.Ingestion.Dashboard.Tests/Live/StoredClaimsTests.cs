using System.Diagnostics.Metrics;
using Claims.Ingestion.Dashboard.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Dashboard.Tests.Live;

public sealed class StoredClaimsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public void Total_CountsClaimsThatAreStored()
    {
        Meter meter = _services.GetRequiredService<IMeterFactory>().Create("Claims.Ingestion");
        using var stored = new StoredClaims(_services.GetRequiredService<IMeterFactory>());

        Counter<long> claims = meter.CreateCounter<long>("claims.facility.claims");
        claims.Add(7, new("claims.facility", "a"), new("claims.fate", "stored"));
        claims.Add(2, new("claims.facility", "a"), new KeyValuePair<string, object?>("claims.fate", "left_out"));
        Assert.Equal(7, stored.Total);
    }

    [Fact]
    public void Total_OfAnotherHostInThisProcess_DoesNotCount()
    {
        using ServiceProvider other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var stored = new StoredClaims(_services.GetRequiredService<IMeterFactory>());

        other.GetRequiredService<IMeterFactory>().Create("Claims.Ingestion").CreateCounter<long>("claims.facility.claims").Add(5, new KeyValuePair<string, object?>("claims.fate", "stored"));

        Assert.Equal(0, stored.Total);
    }

    public void Dispose() => _services.Dispose();
}
