namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Waits with a limit, so that a hang is a failure.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task Soon(this Task task) => task.WaitAsync(Limit, Token);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit, Token);

    /// <summary>Waits for a state that nobody signals.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
