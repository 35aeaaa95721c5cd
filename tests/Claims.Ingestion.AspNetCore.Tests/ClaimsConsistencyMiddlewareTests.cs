using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>What travels in requests and responses, without a database.</summary>
public sealed class ClaimsConsistencyMiddlewareTests
{
    [Theory]
    [InlineData(null, null, "none")]
    [InlineData("1-10", null, "1-10")]
    [InlineData(null, "1-10", "1-10")]
    [InlineData("1-10", "1-20", "1-20")]
    [InlineData("2-1", "1-20", "2-1")]
    [InlineData("1-10, 1-30", "1-20", "1-30")]
    [InlineData("rubbish", "1-20", "1-20")]
    [InlineData("1-10", "%00'--", "1-10")]
    [InlineData("0-0", "-", "none")]
    [InlineData("1-10000000000000000", "\"", "none")]
    public async Task Request_BeginsWithItsLatestToken(string? header, string? cookie, string token)
    {
        await using WebServer server = await StartAsync(app => app.MapGet("/", () => ConsistencyScope.Current!.Token?.ToString() ?? "none"));

        using HttpResponseMessage response = await server.SendAsync(HttpMethod.Get, "/", header, cookie);

        Assert.Equal(token, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.False(response.Headers.Contains("Claims-Consistency"));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        Assert.Null(response.Headers.CacheControl);
    }

    [Theory]
    [InlineData(null, "1-20")]
    [InlineData("1-10", "1-20")]
    [InlineData("1-20", null)]
    [InlineData("FFFFFFFF-FFFFFFFFFFFFFFFF", null)]
    public async Task Response_GivesTheTokenThatIsLater(string? asked, string? given)
    {
        await using WebServer server = await StartAsync(app => app.MapPost("/", () => Require("1-20")));

        using HttpResponseMessage response = await server.SendAsync(HttpMethod.Post, "/", asked);

        Assert.Equal(given, Header(response, "Claims-Consistency"));
        Assert.Equal(given is null ? null : $"claims-consistency={given}; max-age=300; path=/; samesite=lax; httponly", Header(response, "Set-Cookie"));
        Assert.Equal(given is null ? null : "private", response.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Response_OverHttpsBelowAPathBase_HasACookieForThatOnly()
    {
        await using WebServer server = await WebServer.StartAsync(_ => { }, app =>
        {
            app.UsePathBase("/claims");
            app.Use((HttpContext context, RequestDelegate next) =>
            {
                context.Request.Scheme = "https";
                return next(context);
            });
            app.UseClaimsConsistency(new ClaimsConsistencyOptions { HeaderName = null, MaxAge = TimeSpan.FromSeconds(7) });
            app.Run(context =>
            {
                context.Response.Headers.CacheControl = "public, max-age=60, s-maxage=60";
                Require("1-20");
                return Task.CompletedTask;
            });
        });

        using HttpResponseMessage response = await server.SendAsync(HttpMethod.Post, "/claims/x");

        Assert.Equal("claims-consistency=1-20; max-age=7; path=/claims; secure; samesite=lax; httponly", Header(response, "Set-Cookie"));
        Assert.Null(Header(response, "Claims-Consistency"));
        Assert.Equal("max-age=60, private", response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Response_OfARequestThatCommittedAndThenFailed_GivesTheToken()
    {
        await using WebServer server = await WebServer.StartAsync(_ => { }, app =>
        {
            app.UseExceptionHandler(handler => handler.Run(context => context.Response.WriteAsync("failed")));
            app.UseClaimsConsistency();
            app.Run(_ =>
            {
                Require("1-20");
                throw new InvalidOperationException();
            });
        });

        using HttpResponseMessage response = await server.SendAsync(HttpMethod.Post, "/");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("1-20", Header(response, "Claims-Consistency"));
    }

    [Fact]
    public async Task Scope_EndsWithItsRequest()
    {
        await using WebServer server = await StartAsync(app => app.MapPost("/", () => Require("1-20")));

        using HttpResponseMessage first = await server.SendAsync(HttpMethod.Post, "/", "1-30");
        using HttpResponseMessage second = await server.SendAsync(HttpMethod.Post, "/");

        Assert.Equal((null, "1-20"), (Header(first, "Claims-Consistency"), Header(second, "Claims-Consistency")));
    }

    private static Task<WebServer> StartAsync(Action<WebApplication> map) => WebServer.StartAsync(_ => { }, app =>
    {
        app.UseClaimsConsistency();
        map(app);
    });

    private static void Require(string token)
    {
        Assert.True(ConsistencyToken.TryParse(token, out ConsistencyToken parsed));
        ConsistencyScope.Current!.Require(parsed);
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
