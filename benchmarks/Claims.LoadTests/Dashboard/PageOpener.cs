using System.Diagnostics;
using System.Text.Json;
using Claims.Ingestion.Dashboard.Tests.Browser;
using Microsoft.Playwright;

namespace Claims.LoadTests.Dashboard;

/// <summary>Opens pages in a real browser, each time as somebody who has never been there.</summary>
internal sealed class PageOpener : IAsyncDisposable
{
    private const float Patience = 60_000;

    /// <summary>
    /// Looks at the page when it has changed, before that is drawn; what is found then is drawn when the next frame begins. The clock of the page begins with the navigation. No frames are asked for while nothing changes: without a
    /// graphics processor they take time of the same processors.
    /// </summary>
    private const string Watch =
        """
        (content => {
          const times = globalThis.claimsTimes = {};
          const shows = selector => document.querySelector(selector)?.checkVisibility() ?? false;
          const reads = () => [...document.querySelectorAll('main .quiet')].some(e => e.textContent === 'Reading…');
          const note = name => requestAnimationFrame(() => times[name] ??= performance.now());
          let isAsked = false;
          const look = () => {
            isAsked = false;
            if (!shows(content)) return;
            note('shown');
            if (!shows('.is-live') || reads()) return;
            note('live');
            changes.disconnect();
          };
          const changes = new MutationObserver(() => {
            if (!isAsked) requestAnimationFrame(look);
            isAsked = true;
          });
          changes.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
        })
        """;

    /// <summary>The browser itself says when the first frame was on the screen, which on a busy machine is well after it was drawn.</summary>
    private const string Times =
        """
        (() => {
          const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
          return first === undefined || claimsTimes.live === undefined ? null : [Math.max(first, claimsTimes.shown), Math.max(first, claimsTimes.live)];
        })()
        """;

    private const string Transferred = "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind)).reduce((sum, entry) => sum + entry.transferSize, 0)";

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private PageOpener(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<PageOpener> StartAsync()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        try
        {
            return new PageOpener(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Find(), Headless = true, Args = Chromium.Arguments }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <param name="address">The host.</param>
    /// <param name="page">The page.</param>
    /// <param name="picture">A file for a picture of it.</param>
    /// <param name="cancellationToken">The token to cancel it.</param>
    public async Task<PageVisit> OpenAsync(Uri address, DashboardPage page, string? picture, CancellationToken cancellationToken)
    {
        // A context of its own has an empty cache.
        await using IBrowserContext context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
        await context.AddInitScriptAsync($"{Watch}({JsonSerializer.Serialize(page.Content)})");
        IPage opened = await context.NewPageAsync();
        opened.SetDefaultTimeout(Patience);
        var troubles = new PageTroubles(opened, address);
        long received = 0;
        opened.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => Interlocked.Add(ref received, frame.Binary?.Length ?? frame.Text?.Length ?? 0);

        // The page before is still being cleared away, and processes of the browser start.
        await Task.Delay(Rest, TimeProvider.System, cancellationToken);
        await opened.GotoAsync(new Uri(address, page.Path).ToString());
        await opened.Locator(".is-live").WaitForAsync();
        long connected = Stopwatch.GetTimestamp();
        double[]? times;
        while ((times = await opened.EvaluateAsync<double[]?>(Times)) is null)
        {
            if (Stopwatch.GetElapsedTime(connected).TotalMilliseconds > Patience) throw new InvalidOperationException($"The page '{page.Name}' is connected, and still does not show what it is opened for.");
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }

        long bytes = Interlocked.Read(ref received) + await opened.EvaluateAsync<long>(Transferred);
        if (picture is not null) await opened.ScreenshotAsync(new() { Path = picture });
        string? wrong = await page.CheckAsync(opened);
        return new PageVisit(times[0], times[1], bytes, [.. troubles.All, .. wrong is null ? Array.Empty<string>() : [wrong]]);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
    }
}
