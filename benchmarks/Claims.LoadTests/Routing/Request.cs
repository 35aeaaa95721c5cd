namespace Claims.LoadTests.Routing;

/// <summary>What came of a request.</summary>
/// <param name="Port">The server that answered.</param>
/// <param name="Opening">How long it took to get a connection.</param>
/// <param name="Kind">What was asked.</param>
internal readonly record struct Answer(int Port, TimeSpan Opening, string? Kind = null);

/// <summary>A request of an open loop.</summary>
/// <param name="Due">When it was to begin, from the begin of the loop.</param>
/// <param name="Latency">How long after that it ended.</param>
/// <param name="Answer">What came of it; nothing when it failed.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record Request(TimeSpan Due, TimeSpan Latency, Answer? Answer, string? Error)
{
    public TimeSpan End => Due + Latency;
}
