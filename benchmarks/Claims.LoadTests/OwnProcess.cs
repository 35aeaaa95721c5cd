using System.Diagnostics;

namespace Claims.LoadTests;

/// <summary>Another process of this program, told what to do line by line.</summary>
internal static class OwnProcess
{
    // The runtime fits the memory that it fills between two collections to the caches of the processor. A virtual machine that hides them gets the
    // least there is, and collects all the time; this much it takes by itself where it sees 32 MB. It is read only when a process starts.
    private const string YoungMemory = "DOTNET_GCgen0size";
    private const string YoungBytes = "0x2000000";

    public static bool HasYoungMemory => Environment.GetEnvironmentVariable(YoungMemory) is not null;

    /// <summary>Runs this program again, with room for young objects as on a machine that shows its caches.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAgainAsync(IEnumerable<string> arguments)
    {
        using Process process = Process.Start(Describe(arguments))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">What its environment has besides.</param>
    public static Process Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = Describe(arguments);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
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

    private static ProcessStartInfo Describe(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(OwnProcess).Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.TryAdd(YoungMemory, YoungBytes);
        return start;
    }
}
