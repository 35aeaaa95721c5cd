namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Counts events and lets a test wait for the next ones.</summary>
internal sealed class Signal
{
    private readonly SemaphoreSlim _events = new(0);

    public void Set() => _events.Release();

    public async Task WaitAsync(int count = 1)
    {
        for (int i = 0; i < count; i++) Assert.True(await _events.WaitAsync(TimeSpan.FromSeconds(10), Waiting.Token), $"event {i + 1} of {count} did not come");
    }
}
