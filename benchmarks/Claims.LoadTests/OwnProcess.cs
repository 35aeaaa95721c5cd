using System.Diagnostics;

namespace Claims.LoadTests;

/// <summary>Another process of this program, told what to do line by line.</summary>
internal static class OwnProcess
{
    public static Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(OwnProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Tells the process something.</summary>
    /// <returns>The line that it answers with.</returns>
    public static async Task<string> AskAsync(this Process process, string line, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        return await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The other process ended before its answer.");
    }

    /// <summary>Ends the process, which ends when nobody tells it anything any more.</summary>
    public static void End(this Process process)
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromSeconds(30))) process.Kill();
        process.Dispose();
    }
}
