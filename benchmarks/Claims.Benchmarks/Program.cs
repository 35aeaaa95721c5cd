using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Running;

namespace Claims.Benchmarks;

internal static class Program
{
    private const string Smoke = "--smoke";

    private static async Task<int> Main(string[] args)
    {
        if (args.Contains(Smoke, StringComparer.Ordinal))
            return await SmokeRun.RunAsync(Console.Out);

        var config = DefaultConfig.Instance.AddExporter(JsonExporter.Full);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);

        // BenchmarkDotNet reports a benchmark that threw and goes on; a wrong result must not end well.
        return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
    }
}
