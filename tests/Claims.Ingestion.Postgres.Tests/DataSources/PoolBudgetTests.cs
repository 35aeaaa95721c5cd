using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class PoolBudgetTests
{
    [Theory]
    [InlineData(1, 54, null)]
    [InlineData(1, 53, "1 hosts with 54 connections each need 54, and db1:5432 allows 53: 1 too few.")]
    [InlineData(3, 97, "3 hosts with 54 connections each need 162, and db1:5432 allows 97: 65 too few.")]
    public void Check_AllHostsTogether_SaysByHowMuchTheyDoNotFit(int hosts, int allowed, string? error)
    {
        string? message = PoolBudget.Check(new PostgresOptions { HostCount = hosts }, "db1:5432", allowed);

        if (error is null) Assert.Null(message);
        else Assert.Contains(error, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1000", PoolerMode.None, false)]
    [InlineData("0", PoolerMode.None, true)]
    [InlineData("1000", PoolerMode.Session, true)]
    public async Task Start_MoreThanTheServerAllows_FailsUnlessAPoolerIsInBetweenOrNothingIsChecked(string hosts, PoolerMode pooler, bool starts)
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await using ServiceProvider services = TestServices.Create(
            database.ConnectionString, new Dictionary<string, string?> { ["Claims:Postgres:HostCount"] = hosts, ["Claims:Postgres:Pooler"] = pooler.ToString() });
        PoolBudget budget = services.GetServices<IHostedService>().OfType<PoolBudget>().Single();

        Task start = budget.StartAsync(TestContext.Current.CancellationToken);

        if (starts)
        {
            await start;
            return;
        }

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(() => start);
        Assert.Contains("1000 hosts with 54 connections each need 54000", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_LimitOfTheDatabase_Counts()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        await database.ExecuteAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 40', current_database()); END $$");
        await using ServiceProvider services = TestServices.Create(database.ConnectionString);

        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(
            () => services.GetServices<IHostedService>().OfType<PoolBudget>().Single().StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("allows 40: 14 too few", exception.Message, StringComparison.Ordinal);
    }
}
