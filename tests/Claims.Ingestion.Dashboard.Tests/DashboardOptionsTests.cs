using Claims.Ingestion.Dashboard.Tests.Support;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var o = new DashboardOptions();

        Assert.Equal(("Claims ingestion", null, null, null), (o.Title, o.ViewPolicy, o.ActionsPolicy, o.SignInPath));
        Assert.True(new DashboardOptionsValidator().Validate(null, o).Succeeded);
    }

    [Fact]
    public void AllInvalid_NamesEach()
    {
        var invalid = new DashboardOptions { Title = " ", ViewPolicy = "", ActionsPolicy = " ", SignInPath = "//elsewhere.example" };

        ValidateOptionsResult result = new DashboardOptionsValidator().Validate(null, invalid);

        Assert.Equal(
            [
                "DashboardOptions.Title is \" \"; it must have from 1 to 60 characters.",
                "DashboardOptions.ViewPolicy is \"\"; it must be null, or the name of a policy.",
                "DashboardOptions.ActionsPolicy is \" \"; it must be null, or the name of a policy.",
                "DashboardOptions.SignInPath is \"//elsewhere.example\"; it must be null, or a path of this site that begins with one slash.",
            ],
            result.Failures);
    }

    [Fact]
    public void Documentation_NamesEverySetting()
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

        Assert.All(typeof(DashboardOptions).GetProperties(), property => Assert.Contains($"| `{property.Name}` |", text, StringComparison.Ordinal));
    }
}
