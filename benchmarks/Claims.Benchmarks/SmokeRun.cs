using System.Reflection;
using BenchmarkDotNet.Running;
using Claims.Benchmarks.Pipeline;
using Claims.Benchmarks.Reading;
using Claims.Benchmarks.Writing;

namespace Claims.Benchmarks;

/// <summary>Runs the code of every benchmark once, with its checks, to see that it works. Nothing is measured.</summary>
internal static class SmokeRun
{
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var failures = await RunAsync(new ReadingBenchmarks { Claims = 100 }, output);
        failures += await RunAsync(new HandOverBenchmarks { Facilities = 100 }, output);
        failures += await RunAsync(new EncodingBenchmarks(), output);
        failures += await RunAsync(new WritingBenchmarks(), output);
        return failures == 0 ? 0 : 1;
    }

    private static async Task<int> RunAsync(object benchmarks, TextWriter output)
    {
        // BenchmarkDotNet's own search, so that a smoke run leaves out nothing that a real run has.
        var found = BenchmarkConverter.TypeToBenchmarks(benchmarks.GetType()).BenchmarksCases.Select(c => c.Descriptor).ToList();
        var name = benchmarks.GetType().Name;
        var failures = 0;
        if (!await TryAsync($"{name}: setup", benchmarks, output, found[0].GlobalSetupMethod))
            return 1;

        foreach (var benchmark in found)
        {
            if (!await TryAsync($"{name}.{benchmark.WorkloadMethod.Name}", benchmarks, output, benchmark.IterationSetupMethod, benchmark.WorkloadMethod))
                failures++;
        }

        if (!await TryAsync($"{name}: cleanup", benchmarks, output, found[0].GlobalCleanupMethod))
            failures++;

        return failures;
    }

    private static async Task<bool> TryAsync(string what, object benchmarks, TextWriter output, params MethodInfo?[] methods)
    {
        try
        {
            foreach (var method in methods)
            {
                if (method?.Invoke(benchmarks, BindingFlags.DoNotWrapExceptions, binder: null, parameters: null, culture: null) is Task task)
                    await task;
            }

            await output.WriteLineAsync($"ok    {what}");
            return true;
        }
        catch (Exception e)
        {
            await output.WriteLineAsync($"FAIL  {what}: {e}");
            return false;
        }
    }
}
