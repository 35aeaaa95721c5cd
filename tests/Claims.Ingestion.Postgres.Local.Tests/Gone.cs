namespace Claims.Ingestion.Postgres.Local.Tests;

/// <summary>Asserts that something ends within a limit.</summary>
internal static class Gone
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(15);

    public static Task ProcessAsync(int id) => WithinLimitAsync(() => !IsRunning(id), $"process {id}");

    public static Task FolderAsync(string path) => WithinLimitAsync(() => !Directory.Exists(path), path);

    public static bool IsRunning(int id) =>
        ReadText($"/proc/{id}/status") is { } status && !status.Contains("State:\tZ");

    public static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task WithinLimitAsync(Func<bool> isGone, string what)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (!isGone())
        {
            Assert.True(clock.GetElapsedTime(start) < _limit, $"{what} is still there.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), clock, TestContext.Current.CancellationToken);
        }
    }
}
