using System.Globalization;
using Claims.LoadTests.Routing;

namespace Claims.LoadTests.Facilities;

/// <summary>
/// Users of the API over HTTP: of ten requests seven are for single claims and three for pages of reports, at a steady rate, whatever became of those before. They are in
/// this process, which does nothing else meanwhile but bring files; in one more they would only wait for the same processors.
/// </summary>
internal sealed class ApiUsers : IDisposable
{
    private const int Facilities = 100;
    private const int Payers = 20;

    // As long as people wait for a page, and longer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly double _rate;
    private readonly long _claims;

    /// <param name="address">The host.</param>
    /// <param name="settings">How many users, and of how many claims they ask.</param>
    public ApiUsers(Uri address, FacilitiesSettings settings)
    {
        _client = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10) }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        _rate = settings.Users * settings.UserRate;
        _claims = settings.BaseClaims;
    }

    /// <summary>Asks until it is stopped.</summary>
    /// <param name="burst">From when on there are so many times as many users.</param>
    /// <param name="stop">The token to stop it.</param>
    public async Task<IReadOnlyList<Request>> RunAsync((TimeSpan From, double Factor)? burst, CancellationToken stop)
    {
        if (_rate > 0) return await new OpenLoop(_rate, AskAsync, Limit, burst).RunAsync(stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);
        return [];
    }

    public void Dispose() => _client.Dispose();

    private async Task<Answer> AskAsync(CancellationToken cancellationToken)
    {
        (string kind, string path) = Next();
        using HttpResponseMessage response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
        return new Answer(0, default, kind);
    }

    private (string Kind, string Path) Next()
    {
        long n = Random.Shared.NextInt64(1, _claims + 1);
        string facility = string.Create(CultureInfo.InvariantCulture, $"DHA-F-{n / 500 % Facilities:0000000}"), payer = string.Create(CultureInfo.InvariantCulture, $"INS{n % Payers:000}");
        return Random.Shared.Next(10) switch
        {
            0 => ("balance-amount", $"/api/reports/balance-amount?facility={facility}"),
            1 => ("remittance-advice", $"/api/reports/remittance-advice?payer={payer}"),
            2 => ("payerwise", $"/api/reports/payerwise?payer={payer}"),
            _ => ("claim", string.Create(CultureInfo.InvariantCulture, $"/api/claims/{facility}/C{n}")),
        };
    }
}
