using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>A web application on a free port of this machine, and a client that keeps no cookies by itself.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private WebServer(WebApplication app)
    {
        _app = app;
        _client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public static async Task<WebServer> StartAsync(Action<WebApplicationBuilder> build, Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        build(builder);
        WebApplication app = builder.Build();
        map(app);
        await app.StartAsync();
        return new WebServer(app);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? header = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (header is not null) request.Headers.TryAddWithoutValidation("Claims-Consistency", header);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", $"claims-consistency={cookie}");
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
