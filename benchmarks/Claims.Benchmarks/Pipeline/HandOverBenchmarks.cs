using System.Globalization;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Claims.Ingestion.Pipeline;

namespace Claims.Benchmarks.Pipeline;

/// <summary>What it costs to hand a file from one stage to the next, in fair order of the facilities, against the runtime's own channel, which knows no order but that of arrival.</summary>
/// <remarks>Public and open because BenchmarkDotNet derives from it. All figures are for one item, from one writer to one reader.</remarks>
[MemoryDiagnoser]
public class HandOverBenchmarks
{
    private const int Items = 10_000;
    private const int Capacity = 256;

    private string[] _facilities = [];

    /// <summary>How many facilities the items belong to, in turn.</summary>
    [Params(1, 100)]
    public int Facilities { get; set; }

    /// <summary>Names the facilities.</summary>
    [GlobalSetup]
    public void NameFacilities() => _facilities = [.. Enumerable.Range(1, Facilities).Select(n => string.Create(CultureInfo.InvariantCulture, $"DHA-F-{n:0000000}"))];

    /// <summary>The channel between the stages of the pipeline.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public async Task FairChannel()
    {
        var channel = new FairChannel<int>(Capacity, maxLarge: 1, () => long.MaxValue);
        var reading = Task.Run(async () =>
        {
            var sum = 0L;
            while (await channel.WaitToReadAsync(CancellationToken.None))
            {
                while (channel.TryRead(out var item, out _))
                    sum += item;
            }

            return sum;
        });

        for (var item = 0; item < Items; item++)
            await channel.WriteAsync(_facilities[item % _facilities.Length], 1, isLarge: false, item, CancellationToken.None);

        channel.Close();
        Check.Equal("the sum of the items", (long)Items * (Items - 1) / 2, await reading);
    }

    /// <summary>The bounded channel of System.Threading.Channels.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public async Task BoundedChannel()
    {
        var channel = Channel.CreateBounded<int>(Capacity);
        var reading = Task.Run(async () =>
        {
            var sum = 0L;
            await foreach (var item in channel.Reader.ReadAllAsync())
                sum += item;

            return sum;
        });

        for (var item = 0; item < Items; item++)
            await channel.Writer.WriteAsync(item);

        channel.Writer.Complete();
        Check.Equal("the sum of the items", (long)Items * (Items - 1) / 2, await reading);
    }
}
