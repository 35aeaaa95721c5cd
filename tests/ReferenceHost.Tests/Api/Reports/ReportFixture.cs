using Claims.Ingestion.TestSupport;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>A host over a database with 2,000 claims of 50 facilities, and a roll-up of 3 payers, 4 facilities and 6 months; for the tests of one class.</summary>
public sealed class ReportFixture : IAsyncLifetime
{
    public ClaimsDatabase Database { get; private set; } = null!;

    internal ReportHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await ClaimsDatabase.CreateAsync();
        await Database.ShowTablesAsync();
        await Database.ExecuteAsync(ReportData.Claims(2000));
        await Database.ExecuteAsync(ReportData.Rollups(payers: 3, facilities: 4, months: 6));
        Host = await ReportHost.StartAsync(Database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Database.DisposeAsync();
    }
}
