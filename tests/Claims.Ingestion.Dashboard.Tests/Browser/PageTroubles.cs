using Microsoft.Playwright;

namespace Claims.Ingestion.Dashboard.Tests.Browser;

/// <summary>Whatever goes wrong in a page: errors of the console and of scripts (what the content policy forbids among them), answers that are errors, and requests to other hosts.</summary>
internal sealed class PageTroubles
{
    private readonly List<string> _troubles = [];

    /// <param name="page">A page that has not gone anywhere yet.</param>
    /// <param name="address">The host that it may ask.</param>
    public PageTroubles(IPage page, Uri address)
    {
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Note($"console: {message.Text}");
        };
        page.PageError += (_, error) => Note($"script: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not "data" and not "blob" } url && url.Authority != address.Authority) Note($"request to {url.Authority}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) Note($"{response.Status} {response.Url}");
        };
    }

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_troubles) return [.. _troubles];
        }
    }

    private void Note(string trouble)
    {
        lock (_troubles) _troubles.Add(trouble);
    }
}
