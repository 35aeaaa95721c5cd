using System.Net;
using Claims.Ingestion.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Dashboard.Tests.Hosting;

public sealed class DashboardPipelineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WithoutABrowser_TellsTheStateInOneSentence_WithAStrictPolicy()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard());
        using HttpClient client = host.CreateClient();

        using HttpResponseMessage response = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string html = await response.Content.ReadAsStringAsync(Token);
        Assert.Contains("2 of 40 facilities fail; the worst is DHA-F-0000007: wrong password.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facilities_WithoutABrowser_HaveTheirFirstRows()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard(), facilities: 1000);
        using HttpClient client = host.CreateClient();

        string html = await client.GetStringAsync("/facilities", Token);

        Assert.Contains("1,000 facilities shown", html, StringComparison.Ordinal);
        Assert.Equal(20, html.Split("href=\"facilities/DHA-F-").Length - 1);
        Assert.Contains("href=\"facilities/DHA-F-0000007\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_LeavesWhatIsNotItsOwnToTheHost()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app =>
        {
            app.MapClaimsDashboard();
            app.MapPost("/api/things", () => "made");
        });
        using HttpClient client = host.CreateClient();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/elsewhere", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.GetAsync("/api/things", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/_claims/secrets.txt", Token)).StatusCode);
    }

    [Fact]
    public async Task Prefix_WithoutASlash_IsCompleted_AlsoBelowAPathBase()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapClaimsDashboard("/ops/claims");
        });
        using HttpClient client = host.CreateClient();

        using HttpResponseMessage bare = await client.GetAsync("/base/ops/claims?x=1", Token);
        Assert.Equal("/base/ops/claims/?x=1", bare.Headers.Location?.ToString());

        string html = await client.GetStringAsync("/base/ops/claims/facilities/DHA-F-0000007", Token);
        Assert.Contains("<base href=\"/base/ops/claims/\"", html, StringComparison.Ordinal);
        Assert.Contains("refused the login", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AreCompressedAndKeptForEver()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard());
        using HttpClient client = host.CreateClient();
        string html = await client.GetStringAsync("/", Token);
        string[] files = [.. html.Split('"').Where(part => part.StartsWith("_claims/", StringComparison.Ordinal))];

        Assert.Equal(6, files.Length);
        foreach (string file in files)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file);
            request.Headers.Add("Accept-Encoding", "gzip");
            using HttpResponseMessage response = await client.SendAsync(request, Token);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
            Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

            using var again = new HttpRequestMessage(HttpMethod.Get, file);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again, Token)).StatusCode);
        }
    }

    [Fact]
    public async Task ViewPolicy_KeepsStrangersFromPagesAndConnection()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard("/", o => o.ViewPolicy = "viewers"));
        using HttpClient stranger = host.CreateClient();
        using HttpClient viewer = host.CreateClient("Amina");

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/_blazor/negotiate?negotiateVersion=1", null, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/", Token)).StatusCode);
    }

    [Fact]
    public async Task Pages_OfAHostWithTheStoreInMemory_SayWhatIsMissing()
    {
        await using DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard(), hasDesks: false);
        using HttpClient client = host.CreateClient();

        foreach (string page in new[] { "/files", "/files/1", "/database", "/views" }) Assert.Contains("UsePostgres()", await client.GetStringAsync(page, Token), StringComparison.Ordinal);
        Assert.Contains("No history", await client.GetStringAsync("/", Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Map_WithoutServices_SaysWhatToCall()
    {
        WebApplication app = WebApplication.CreateSlimBuilder().Build();

        Assert.Contains("AddClaimsDashboard()", Assert.Throws<InvalidOperationException>(() => app.MapClaimsDashboard()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_TwiceAtAPath_OrWithBadOptions_IsRefused()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddClaimsDashboard();
        WebApplication app = builder.Build();
        app.MapClaimsDashboard("/a");
        app.MapClaimsDashboard("/b");

        Assert.Contains("'/a/'", Assert.Throws<InvalidOperationException>(() => app.MapClaimsDashboard("/a/")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => app.MapClaimsDashboard("ops"));
        Assert.Throws<OptionsValidationException>(() => app.MapClaimsDashboard("/c", o => o.Title = ""));
    }
}
