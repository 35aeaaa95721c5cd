using Claims.Ingestion.Dashboard.Tests.Browser;
using Claims.Ingestion.Dashboard.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace Claims.Ingestion.Dashboard.Tests.Browser;

/// <summary>One browser and two hosts for all tests with a browser: one with the dashboard at its root, one with it below a path, beside Blazor of its own and with a thousand facilities.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private DashboardHost? _host;
    private DashboardHost? _prefixed;

    internal DashboardHost Host => _host!;

    internal DashboardHost Prefixed => _prefixed!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts what is not started yet: other tests need no browser.</summary>
    internal async Task<BrowserPage> OpenAsync(DashboardPath path, BrowserNewContextOptions? options = null)
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _host ??= await DashboardHost.StartAsync(app => app.MapClaimsDashboard("/", o => (o.ActionsPolicy, o.SignInPath) = ("operators", "/sign-in")));
            _prefixed ??= await DashboardHost.StartAsync(
                app =>
                {
                    app.UsePathBase("/base");
                    app.UseRouting();
                    app.UseAntiforgery();
                    app.MapRazorComponents<OwnPages>().AddInteractiveServerRenderMode();
                    app.MapClaimsDashboard("/ops/claims", o => (o.Title, o.ActionsPolicy, o.SignInPath) = ("Claims of the north", "operators", "/sign-in"));
                },
                facilities: 1000);
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Find(), Headless = true, Args = Chromium.Arguments });
        }
        finally
        {
            _gate.Release();
        }

        return await OpenAsync((path.IsPrefixed ? Prefixed : Host).Address, path.Path, options);
    }

    internal async Task<BrowserPage> OpenAsync(Uri address, string path, BrowserNewContextOptions? options = null)
    {
        IBrowserContext context = await _browser!.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1400, Height = 900 } });
        var page = new BrowserPage(context, await context.NewPageAsync(), address);
        await page.GoAsync(path);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        if (_prefixed is not null) await _prefixed.DisposeAsync();
        _gate.Dispose();
    }
}
