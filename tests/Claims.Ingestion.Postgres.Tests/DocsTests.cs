using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;

namespace Claims.Ingestion.Postgres.Tests;

public sealed class DocsTests
{
    [Theory]
    [InlineData(typeof(PostgresOptions))]
    [InlineData(typeof(PoolOptions))]
    [InlineData(typeof(RoutingOptions))]
    [InlineData(typeof(ViewOptions))]
    [InlineData(typeof(ViewItemOptions))]
    [InlineData(typeof(SummaryOptions))]
    [InlineData(typeof(WatchOptions))]
    public void Configuration_NamesEverySetting(Type options)
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md"));

        // A property without a setter holds the settings of a section.
        Assert.All(options.GetProperties().Where(property => property.CanWrite), property => Assert.Contains($"| `{property.Name}` |", text, StringComparison.Ordinal));
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
