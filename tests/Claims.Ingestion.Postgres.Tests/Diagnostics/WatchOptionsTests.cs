using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class WatchOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented()
    {
        WatchOptions options = new PostgresOptions().Watch;

        Assert.Equal((true, TimeSpan.FromSeconds(10), true, TimeSpan.FromDays(100)), (options.Enabled, options.Interval, options.History, options.HistoryKept));
    }

    [Fact]
    public void Options_AllInvalid_NamesEach()
    {
        using ServiceProvider services = TestServices.Create(
            "Host=x", new Dictionary<string, string?> { ["Claims:Postgres:Watch:Interval"] = "00:00:00.9", ["Claims:Postgres:Watch:HistoryKept"] = "23:59:59" });

        OptionsValidationException exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<PostgresOptions>>().Value);

        Assert.Equal(
            "Claims:Postgres:Watch:Interval is 00:00:00.9000000; it must be from 00:00:01 to 01:00:00.; " +
            "Claims:Postgres:Watch:HistoryKept is 23:59:59; it must be from 1.00:00:00 to 3650.00:00:00.",
            string.Join("; ", exception.Failures));
    }
}
