using System.Diagnostics;
using System.Globalization;

namespace Claims.LoadTests.Memory;

/// <summary>What one round of polls stored.</summary>
internal readonly record struct RoundResult(int Files, long Claims, long Activities, double Seconds);

/// <summary>Another process of this program that only ingests, so that nothing else counts as its memory.</summary>
internal sealed class IngestProcess : IDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(250);

    private readonly Process _process;

    private IngestProcess(Process process) => _process = process;

    public static IngestProcess Start(string connectionString, string folders, IEnumerable<string> settings)
    {
        string[] set = [.. settings.SelectMany(setting => new[] { "--set", setting })];
        return new IngestProcess(OwnProcess.Start([IngestCommand.Name, "--connection", connectionString, "--folders", folders, .. set]));
    }

    /// <summary>Resident memory now, in MB (10^6 bytes).</summary>
    public double ResidentMb()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1e6;
    }

    /// <summary>Polls everything once.</summary>
    /// <returns>What was stored, and the most memory that was resident meanwhile, in MB.</returns>
    public async Task<(RoundResult Stored, double PeakMb)> PollAsync(CancellationToken cancellationToken)
    {
        Task<string> answer = _process.AskAsync("", cancellationToken);
        double peak = 0;
        while (!answer.IsCompleted)
        {
            peak = Math.Max(peak, ResidentMb());
            await Task.WhenAny(answer, Task.Delay(SampleInterval, TimeProvider.System, cancellationToken));
        }

        string[] parts = (await answer).Split(' ');
        return (
            new RoundResult(
                int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture),
                long.Parse(parts[2], CultureInfo.InvariantCulture), double.Parse(parts[3], CultureInfo.InvariantCulture)),
            peak);
    }

    public void Dispose() => _process.End();
}
