using System.Diagnostics;

namespace Deploy.Tests.Prometheus;

/// <summary>The program that comes with Prometheus and checks files for it.</summary>
internal static class PromTool
{
    /// <summary>Runs it where the rules are, and fails with what it says when it finds a fault.</summary>
    public static async Task AssertAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(PrometheusServer.Find("promtool"), arguments)
        {
            WorkingDirectory = Repository.PathOf("deploy", "prometheus"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string[] output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, string.Concat(output));
    }
}
