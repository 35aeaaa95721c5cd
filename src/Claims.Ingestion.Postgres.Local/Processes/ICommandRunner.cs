namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>Runs a cluster's commands one after another, and stops the server when it is disposed or this process ends.</summary>
internal interface ICommandRunner : IAsyncDisposable
{
    /// <summary>Says that the data directory is ours from now on: only then may a server in it be stopped.</summary>
    void Guard();

    /// <summary>Runs a command to its end.</summary>
    /// <returns>The exit code.</returns>
    Task<int> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken);
}
