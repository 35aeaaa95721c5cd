using System.Diagnostics;
using System.Text.Json;

namespace Claims.LoadTests.Ingest;

/// <summary>Another process of this program that only ingests, so that nothing else counts as its memory or its time.</summary>
internal sealed class IngestProcess : IDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(250);

    private readonly Process _process;

    private IngestProcess(Process process) => _process = process;

    /// <param name="connectionString">The database.</param>
    /// <param name="settings">Settings of the library, as name=value.</param>
    /// <param name="withTelemetry">Whether somebody listens to all metrics, traces and logs.</param>
    public static IngestProcess Start(string connectionString, IEnumerable<string> settings, bool withTelemetry = false)
    {
        string[] set = [.. settings.SelectMany(setting => new[] { "--set", setting })];
        return new IngestProcess(OwnProcess.Start([IngestCommand.Name, "--connection", connectionString, .. set, .. withTelemetry ? [IngestCommand.Telemetry] : Array.Empty<string>()]));
    }

    /// <summary>Resident memory now, in MB (10^6 bytes).</summary>
    public double ResidentMb()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }

    /// <summary>Polls every facility of an inbox once, and waits until everything is committed and acknowledged.</summary>
    /// <param name="inbox">A folder with a folder for each facility.</param>
    /// <param name="cancellationToken">The token to cancel the waiting.</param>
    /// <returns>What was stored, and the most memory that was resident meanwhile, in MB.</returns>
    public async Task<(IngestionRun Run, double PeakMb)> PollAsync(string inbox, CancellationToken cancellationToken)
    {
        Task<string> answer = _process.AskAsync(inbox, cancellationToken);
        double peak = 0;
        while (!answer.IsCompleted)
        {
            peak = Math.Max(peak, ResidentMb());
            await Task.WhenAny(answer, Task.Delay(SampleInterval, TimeProvider.System, cancellationToken));
        }

        return (JsonSerializer.Deserialize<IngestionRun>(await answer)!, peak);
    }

    public void Dispose() => _process.End();
}
