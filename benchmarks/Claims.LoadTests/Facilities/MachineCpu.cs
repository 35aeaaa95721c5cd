using System.Globalization;

namespace Claims.LoadTests.Facilities;

/// <summary>The processor time that all processes of the machine take from now on.</summary>
internal sealed class MachineCpu
{
    private const string Counters = "/proc/stat";
    private const int Idle = 3;
    private const int WaitsForDisk = 4;

    private readonly (double Busy, double All) _start = Read();

    /// <summary>In percent of all cores; 0 where the system does not tell it.</summary>
    public double Percent
    {
        get
        {
            (double busy, double all) = Read();
            return all > _start.All ? Math.Round(100 * (busy - _start.Busy) / (all - _start.All), 1) : 0;
        }
    }

    private static (double Busy, double All) Read()
    {
        if (!File.Exists(Counters)) return default;
        double[] ticks = [.. File.ReadLines(Counters).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(tick => double.Parse(tick, CultureInfo.InvariantCulture))];
        return (ticks.Sum() - ticks[Idle] - ticks[WaitsForDisk], ticks.Sum());
    }
}
