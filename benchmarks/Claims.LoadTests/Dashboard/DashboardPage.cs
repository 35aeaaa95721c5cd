using System.Globalization;
using Microsoft.Playwright;

namespace Claims.LoadTests.Dashboard;

/// <summary>A page that is measured.</summary>
/// <param name="Name">Its name in the result.</param>
/// <param name="Path">Its address.</param>
/// <param name="Content">Selects what it is opened for.</param>
/// <param name="CheckAsync">Says what is wrong with it, once it is live.</param>
internal sealed record DashboardPage(string Name, string Path, string Content, Func<IPage, Task<string?>> CheckAsync)
{
    private const float Patience = 10_000;

    /// <param name="facilities">The facilities of the host, in the order of the list; each has one stored file.</param>
    public static IReadOnlyList<DashboardPage> All(IReadOnlyList<string> facilities)
    {
        string count = facilities.Count.ToString("N0", CultureInfo.InvariantCulture), one = facilities[facilities.Count / 2];
        return
        [
            new("overview", "/", ".sentence p", page => HasTextAsync(page, ".tiles", $"of {count}")),
            new("facilities", "/facilities", ".facilities tbody tr a", async page =>
                await HasTextAsync(page, ".filters-count", $"{count} facilities shown") ?? await ReachesAsync(page, facilities[^1])),
            new("facility", $"/facilities/{one}", ".sentence p", async page =>
                await HasTextAsync(page, "h1", one) ?? await HasTextAsync(page, ".sentence", "It was polled") ?? await HasTextAsync(page, ".files tbody", ".xml")),
        ];
    }

    private static async Task<string?> HasTextAsync(IPage page, string selector, string text) =>
        await page.Locator(selector).First.TextContentAsync() is { } found && found.Contains(text, StringComparison.Ordinal) ? null : $"'{text}' is not in {selector}";

    /// <summary>Scrolls to the end of the list, where the last facility must be.</summary>
    private static async Task<string?> ReachesAsync(IPage page, string last)
    {
        await page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
        try
        {
            await page.Locator(".facilities tbody a").Filter(new() { HasText = last }).WaitForAsync(new() { Timeout = Patience });
            return null;
        }
        catch (TimeoutException)
        {
            return $"{last} is not at the end of the list";
        }
    }
}
