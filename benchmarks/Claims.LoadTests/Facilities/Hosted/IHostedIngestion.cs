namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>What the load test tells the ingestion of the host.</summary>
internal interface IHostedIngestion
{
    /// <summary>Makes ready what is measured; nothing is polled afterwards until it is told.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Has it poll by its schedule.</summary>
    void Resume();

    /// <summary>Has it begin no poll any more, and waits for what is under way.</summary>
    Task DrainAsync(CancellationToken cancellationToken);

    /// <summary>Polls what was delivered and not fetched yet, where that does not take for ever.</summary>
    Task FinishAsync(CancellationToken cancellationToken);
}
