using System.Globalization;

namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>A span of the gateway's local time, whole seconds, both ends included.</summary>
internal readonly record struct SearchWindow(DateTime From, DateTime To)
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    public string FromText => Text(From);

    public string ToText => Text(To);

    /// <summary>Cuts a span into windows of a length at most, oldest first.</summary>
    public static IEnumerable<SearchWindow> Cut(DateTime from, DateTime to, TimeSpan longest)
    {
        for (DateTime start = from; start <= to; start += longest)
        {
            DateTime end = start + longest - _second;
            yield return new SearchWindow(start, end < to ? end : to);
        }
    }

    /// <summary>Cuts the window in two, unless its halves would be shorter than the smallest.</summary>
    public bool TryHalve(TimeSpan smallest, out SearchWindow older, out SearchWindow newer)
    {
        TimeSpan length = To - From + _second;
        long half = length.Ticks / 2 / TimeSpan.TicksPerSecond;
        older = new SearchWindow(From, From.AddSeconds(half - 1));
        newer = new SearchWindow(From.AddSeconds(half), To);
        return half >= 1 && TimeSpan.FromSeconds(half) >= smallest;
    }

    private static string Text(DateTime value) => value.ToString("dd'/'MM'/'yyyy HH:mm:ss", CultureInfo.InvariantCulture);
}
