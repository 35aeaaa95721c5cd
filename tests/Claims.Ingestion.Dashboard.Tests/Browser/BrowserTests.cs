using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Polling;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace Claims.Ingestion.Dashboard.Tests.Browser;

public sealed class BrowserTests(BrowserFixture browser)
{
    /// <summary>A folder that pictures of the pages are written to, for the documentation.</summary>
    private static readonly string? _pictures = Environment.GetEnvironmentVariable("CLAIMS_DASHBOARD_PICTURES");

    private static readonly (string Path, string Heading, string Text, string Picture)[] _pages =
    [
        ("/", "Overview", "The last 24 hours", "overview"),
        ("/facilities", "Facilities", "DHA-F-0000007", "facilities"),
        ("/facilities/DHA-F-0000007", "DHA-F-0000007", "the gateway refused the login", "facility"),
        ("/files", "Files", "quarantined", "files"),
        ("/files/23", "File 23", "The XML ends within an element", "file"),
        ("/pipeline", "Pipeline", "acknowledging", "pipeline"),
        ("/database", "Database", "Who waits for whom", "database"),
        ("/views", "Views", "mv_claim_summary_payerwise", "views"),
    ];

    [Fact]
    public async Task EveryPage_Opens_WithNoErrorAndNothingFromElsewhere()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/"));
        foreach ((string path, string heading, string text, string picture) in _pages)
        {
            if (path != "/") await page.GoAsync(path);
            await page.HasTextAsync("h1", heading);
            await page.HasTextAsync("main", text);
            await PictureAsync(page, picture);
        }

        Assert.Empty(page.Troubles);
    }

    [Fact]
    public async Task Overview_WhenTheStateChanges_ShowsItWithinTwoSeconds()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/"));
        await page.HasTextAsync(".sentence", "2 of 40 facilities fail; the worst is DHA-F-0000007: wrong password.");
        try
        {
            browser.Host.Desks!.IsPrimaryUp = false;
            await page.HasTextAsync(".sentence", "Ingestion is held up: the database does not answer", BrowserPage.Promised);
        }
        finally
        {
            browser.Host.Desks!.IsPrimaryUp = true;
        }

        await page.HasTextAsync(".sentence", "2 of 40 facilities fail", BrowserPage.Promised);
        browser.Host.Claims.Add(600, new KeyValuePair<string, object?>("claims.fate", "stored"));
        await Assertions.Expect(page[".tile .figure"].First).Not.ToHaveTextAsync("0/ min", new() { Timeout = BrowserPage.Promised });
    }

    [Fact]
    public async Task Facility_WhenItsPollFails_IsFirstInTheListWithinTwoSeconds()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/base/ops/claims/facilities", IsPrefixed: true));
        await page.HasTextAsync(".facilities tbody tr a", "DHA-F-0000007");

        browser.Prefixed.Polled("DHA-F-0000500", PollOutcome.Failed, 50, "Facility DHA-F-0000500: connection refused. Look at the gateway.");

        await page.HasTextAsync(".facilities tbody tr a", "DHA-F-0000500", BrowserPage.Promised);
        await page.HasTextAsync(".facilities tbody .why", "connection refused");
        browser.Prefixed.Polled("DHA-F-0000500", PollOutcome.Succeeded, 0, null);
    }

    [Fact]
    public async Task Facilities_AThousand_AreFilteredAndOnlyThoseInSightAreSent()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/base/ops/claims/facilities", IsPrefixed: true));
        await page.HasTextAsync(".filters-count", "1,000 facilities shown");
        await Assertions.Expect(page[".facilities tbody tr a"].First).ToBeVisibleAsync();
        Assert.InRange(await page[".facilities tbody tr a"].CountAsync(), 5, 100);

        await page["input[type=search]"].FillAsync("0000321");
        await page.HasTextAsync(".filters-count", "1 facility shown");
        Assert.Contains("name=0000321", page.Page.Url, StringComparison.Ordinal);

        await page["input[type=search]"].FillAsync("");
        await page["select"].SelectOptionAsync("silent");
        await page.HasTextAsync(".filters-count", "1 facility shown");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "DHA-F-0000009" }).ClickAsync();
        await page.HasTextAsync("h1", "DHA-F-0000009");
        await page.HasTextAsync("main", "6.1 were to be expected");
        Assert.Empty(page.Troubles);
    }

    [Fact]
    public async Task Files_AreSearchedAndPagedByNumber()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/files"));
        await page.HasTextAsync(".files tbody tr", "137");

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await page.HasTextAsync(".files tbody tr", "87");

        await page["select"].SelectOptionAsync("quarantined");
        await Assertions.Expect(page[".files tbody tr"]).ToHaveCountAsync(5);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "115", Exact = true }).ClickAsync();
        await page.HasTextAsync("main", "Quarantined: The XML ends within an element, at line 812.");
        await page.HasTextAsync("main", "4bf92f3577b34da6a3ce929d0e0e4736");
        Assert.Empty(page.Troubles);
    }

    [Fact]
    public async Task Actions_WithoutRights_AreHidden_AndAfterSigningInThere()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/facilities/DHA-F-0000030"));
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Poll now" })).ToHaveCountAsync(0);

        await page.SignInAsync();

        Assert.EndsWith("/facilities/DHA-F-0000030", page.Page.Url, StringComparison.Ordinal);
        await page.HasTextAsync(".who", "Amina");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Poll now" }).ClickAsync();
        await page.HasTextAsync(".mud-snackbar", "The poll of DHA-F-0000030 has begun.");
        await browser.Host.Poller.WhenAskedAsync("DHA-F-0000030").WaitAsync(TimeSpan.FromMilliseconds(BrowserPage.Patience), TestContext.Current.CancellationToken);
        Assert.Empty(page.Troubles);
    }

    [Fact]
    public async Task Pause_IsConfirmedFirst()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/base/ops/claims/facilities/DHA-F-0000040", IsPrefixed: true));
        await page.SignInAsync();
        Assert.EndsWith("/base/ops/claims/facilities/DHA-F-0000040", page.Page.Url, StringComparison.Ordinal);

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(page[".mud-dialog"]).ToHaveCountAsync(0);
        await Assertions.Expect(page[".sentence"]).Not.ToContainTextAsync("paused");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page[".mud-dialog"].GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.HasTextAsync(".mud-snackbar", "DHA-F-0000040");
        await page.HasTextAsync(".sentence", "It is paused");
    }

    [Fact]
    public async Task Action_WhoseRightWasTakenAway_IsRefusedByTheServer()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/views"));
        await page.SignInAsync();
        ILocator refresh = page.Page.GetByRole(AriaRole.Button, new() { Name = "Refresh mv_claim_summary_payerwise now" });
        await refresh.WaitForAsync();
        try
        {
            browser.Host.MayAct = false;
            await refresh.ClickAsync();
            await page[".mud-dialog"].GetByRole(AriaRole.Button, new() { Name = "Refresh" }).ClickAsync();
            await page.HasTextAsync(".mud-snackbar", "Refused");
        }
        finally
        {
            browser.Host.MayAct = true;
        }

        Assert.Empty(browser.Host.Desks!.Refreshed);
    }

    [Fact]
    public async Task BelowAPath_BesideBlazorOfTheHost_BothWork()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/base/ops/claims", IsPrefixed: true));
        await page.HasTextAsync(".brand", "Claims of the north");
        foreach (string name in new[] { "Facilities", "Files", "Pipeline", "Database", "Views", "Overview" })
        {
            await page["header nav"].GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
            await page.HasTextAsync("h1", name);
            Assert.StartsWith("/base/ops/claims/", new Uri(page.Page.Url).AbsolutePath, StringComparison.Ordinal);
        }

        Assert.Empty(page.Troubles);
        IResponse own = (await page.Page.GotoAsync(new Uri(page.Address, "/base/own").ToString()))!;
        Assert.Contains("a page of the host", await own.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_FollowTheSystem_AndTheChoiceIsRemembered()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/"), new() { ColorScheme = ColorScheme.Dark, ViewportSize = new() { Width = 1400, Height = 900 } });
        Assert.True(await IsDarkAsync(page));
        await PictureAsync(page, "dark");

        await page["[data-theme-switch]"].ClickAsync();
        Assert.False(await IsDarkAsync(page));
        await page.HasTextAsync("[data-theme-switch]", "Light");

        await page.Page.ReloadAsync();
        await page.LiveAsync();
        Assert.False(await IsDarkAsync(page));

        await page["[data-theme-switch]"].ClickAsync();
        Assert.True(await IsDarkAsync(page));
        Assert.Empty(page.Troubles);
    }

    [Fact]
    public async Task Phone_NeverScrollsSideways()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/"), new() { ViewportSize = new() { Width = 400, Height = 850 }, ColorScheme = ColorScheme.Dark, DeviceScaleFactor = 2 });
        foreach ((string path, string heading, string text, string picture) in _pages)
        {
            if (path != "/") await page.GoAsync(path);
            await page.HasTextAsync("main", text);
            Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} is wider than the screen");
            if (picture is "overview" or "facilities" or "files" or "pipeline") await PictureAsync(page, $"{picture}-phone");
        }
    }

    [Fact]
    public async Task Keyboard_SkipsToTheContent_AndReachesTheRows()
    {
        await using BrowserPage page = await browser.OpenAsync(new("/facilities"));
        await page.HasTextAsync(".facilities tbody a", "DHA-F-0000007");
        Assert.Equal("Skip to the content", await page.Page.EvaluateAsync<string>("document.querySelector('a[href], button, input, select').textContent"));
        await page["a.skip"].FocusAsync();
        await Assertions.Expect(page["a.skip"]).ToBeInViewportAsync();

        await page.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await page.Page.EvaluateAsync<string>("document.activeElement.id"));

        for (int i = 0; i < 3; i++) await page.Page.Keyboard.PressAsync("Tab");
        Assert.Contains("DHA-F-0000007", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"), StringComparison.Ordinal);
        Assert.NotEqual("none", await page.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await page.Page.Keyboard.PressAsync("Enter");
        await page.HasTextAsync("h1", "DHA-F-0000007");
    }

    [Fact]
    public async Task Host_ThatStops_IsNotHeldUpByAnOpenPage_WhichSaysSoPlainly()
    {
        await using BrowserPage first = await browser.OpenAsync(new("/"));
        DashboardHost host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard());
        await using BrowserPage page = await browser.OpenAsync(host.Address, "/");

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await page.HasTextAsync("#components-reconnect-modal", "No connection to the host");
        await Assertions.Expect(page["#components-reconnect-modal"]).ToBeVisibleAsync(new() { Timeout = BrowserPage.Patience });
    }

    private static async Task<bool> IsDarkAsync(BrowserPage page) => await page.Page.EvaluateAsync<int>("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)") < 200;

    private static async Task PictureAsync(BrowserPage page, string name)
    {
        if (_pictures is not null) await page.Page.ScreenshotAsync(new() { Path = Path.Combine(_pictures, $"dashboard-{name}.png"), FullPage = name == "overview" });
    }
}
