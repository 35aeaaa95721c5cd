using System.Diagnostics;

namespace Claims.LoadTests;

/// <summary>The processor time that this process takes from now on.</summary>
internal sealed class CpuMeter
{
    private readonly TimeSpan _taken = Environment.CpuUsage.TotalTime;
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>In percent of one core.</summary>
    public double Percent => 100 * ((Environment.CpuUsage.TotalTime - _taken) / Stopwatch.GetElapsedTime(_start));
}
