using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests.Grafana;

/// <summary>The dashboards by themselves.</summary>
public sealed class DashboardTests
{
    public static TheoryData<string> Names => [.. Dashboard.All.Select(dashboard => dashboard.Name)];

    [Fact]
    public void Dashboards_AreFoundByTheirIdsAndCanBeProvisioned()
    {
        Assert.Equal(["claims-database", "claims-facilities", "claims-overview"], Dashboard.All.Select(dashboard => dashboard.Name));
        Assert.All(Dashboard.All, dashboard =>
        {
            Assert.Equal(dashboard.Name, dashboard.Json.GetProperty("uid").GetString());
            Assert.False(dashboard.Json.TryGetProperty("id", out _), "an id of another Grafana is in the way of provisioning");
            Assert.True(dashboard.Json.GetProperty("schemaVersion").GetInt32() >= 39);
            Assert.StartsWith("Claims: ", dashboard.Json.GetProperty("title").GetString(), StringComparison.Ordinal);
        });
        Assert.Equal("prometheus", First("datasources")["type"]);
        Assert.Equal("file", First("dashboards", "providers")["type"]);

        static YamlNode First(string folder, string? list = null) =>
            Yaml.ReadTree(Repository.PathOf("deploy", "grafana", "provisioning", folder, "claims.yml"))[list ?? folder][0];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_SayWhatTheyShowInWhichUnit(string name)
    {
        JsonElement[] panels = [.. Dashboard.All.Single(dashboard => dashboard.Name == name).Panels];

        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.Contains(panel.GetProperty("type").GetString(), new[] { "stat", "timeseries", "table" });
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.EndsWith(".", panel.GetProperty("description").GetString(), StringComparison.Ordinal);
            Assert.Contains(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString(), new[] { "short", "s", "bytes", "Bps", "percentunit", "reqps" });
            Assert.All(panel.GetProperty("targets").EnumerateArray().Append(panel), part => Assert.Equal("${datasource}", part.GetProperty("datasource").GetProperty("uid").GetString()));
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_DoNotOverlap(string name)
    {
        IEnumerable<(int X, int Y)> cells = Dashboard.All.Single(dashboard => dashboard.Name == name).Json.GetProperty("panels").EnumerateArray()
            .Select(panel => panel.GetProperty("gridPos").Deserialize<Place>(JsonSerializerOptions.Web)!)
            .SelectMany(place => Enumerable.Range(place.X, place.W).SelectMany(x => Enumerable.Range(place.Y, place.H).Select(y => (x, y))));

        Assert.DoesNotContain(cells.CountBy(cell => cell), cell => cell.Value > 1 || cell.Key.X > 23);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Variables_OfTheQueriesAreDefined(string name)
    {
        Dashboard dashboard = Dashboard.All.Single(dashboard => dashboard.Name == name);

        Assert.DoesNotContain(dashboard.Queries, query => Dashboard.Substituted(query.Expression).Contains('$', StringComparison.Ordinal));
        Assert.All(["datasource", "instance"], variable => Assert.Contains(dashboard.Variables, v => v.GetProperty("name").GetString() == variable));
        Assert.Equal(
            dashboard.Queries.Any(query => query.Expression.Contains("$facility", StringComparison.Ordinal)),
            dashboard.Variables.Any(variable => variable.GetProperty("name").GetString() == "facility"));
    }

    private sealed record Place(int X, int Y, int W, int H);
}
