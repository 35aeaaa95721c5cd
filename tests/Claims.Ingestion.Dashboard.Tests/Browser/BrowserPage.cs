using Microsoft.Playwright;

namespace Claims.Ingestion.Dashboard.Tests.Browser;

/// <summary>A page in a browser of its own, which remembers whatever went wrong.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    /// <summary>A machine under load takes its time; what is promised in seconds is waited for by <see cref="Promised"/>.</summary>
    public const float Patience = 30_000;

    /// <summary>What changes is on the screen within two seconds.</summary>
    public const float Promised = 2_000;

    private readonly IBrowserContext _context;
    private readonly PageTroubles _troubles;

    public BrowserPage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, Address) = (context, page, address);
        page.SetDefaultTimeout(Patience);
        _troubles = new PageTroubles(page, address);
    }

    public IPage Page { get; }

    public Uri Address { get; }

    public IReadOnlyList<string> Troubles => _troubles.All;

    public ILocator this[string selector] => Page.Locator(selector);

    /// <summary>Goes to an address and waits until the page is live.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(Address, path).ToString());
        await LiveAsync();
    }

    public Task LiveAsync() => Page.Locator(".is-live").WaitForAsync(new() { Timeout = Patience });

    /// <summary>Signs in by the link of the page and comes back to it.</summary>
    public async Task SignInAsync()
    {
        await Page.Locator("a.sign-in").ClickAsync();
        await Page.Locator(".who").WaitForAsync(new() { Timeout = Patience });
        await LiveAsync();
    }

    public async Task HasTextAsync(string selector, string text, float timeout = Patience) =>
        await Assertions.Expect(Page.Locator(selector).First).ToContainTextAsync(text, new() { Timeout = timeout });

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
