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
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(IngestProcess).Assembly.Location);
        foreach (string argument in new[] { IngestCommand.Name, "--connection", connectionString, "--folders", folders }) start.ArgumentList.Add(argument);
        foreach (string setting in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add(setting);
        }

        return new IngestProcess(Process.Start(start)!);
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
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync(cancellationToken);
        Task<string?> answer = _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();
        double peak = 0;
        while (!answer.IsCompleted)
        {
            peak = Math.Max(peak, ResidentMb());
            await Task.WhenAny(answer, Task.Delay(SampleInterval, TimeProvider.System, cancellationToken));
        }

        string[] parts = (await answer)?.Split(' ') ?? throw new InvalidOperationException("The ingesting process ended before its answer.");
        return (
            new RoundResult(
                int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture),
                long.Parse(parts[2], CultureInfo.InvariantCulture), double.Parse(parts[3], CultureInfo.InvariantCulture)),
            peak);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30))) _process.Kill();
        _process.Dispose();
    }
}
