using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Scheduling;

namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>The library, polling by its own schedule.</summary>
internal sealed class LibraryIngestion(IngestionControl control, IngestionPipeline pipeline) : IHostedIngestion
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    public Task PrepareAsync(CancellationToken cancellationToken) => DrainAsync(cancellationToken);

    public void Resume() => control.EndDrain();

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await control.DrainAsync(cancellationToken);
        while (pipeline.InFlight.Count > 0) await Task.Delay(Look, TimeProvider.System, cancellationToken);
    }

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        control.EndDrain();
        await control.PollAllOnceAsync(cancellationToken);
        await DrainAsync(cancellationToken);
    }
}
