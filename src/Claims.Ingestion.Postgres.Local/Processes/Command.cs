using System.ComponentModel;
using System.Diagnostics;

namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>Runs small programs.</summary>
internal static class Command
{
    /// <summary>The output of a program, or null when it does not run or fails.</summary>
    public static string? TryRead(string program, params IEnumerable<string> arguments)
    {
        var (exitCode, output) = Run([program, .. arguments]);
        return exitCode == 0 ? output : null;
    }

    /// <summary>Whether the command runs and succeeds.</summary>
    public static bool Succeeds(params IEnumerable<string> command) => Run([.. command]).ExitCode == 0;

    /// <summary>Describes a process that PostgreSQL's own programs run in: no settings of another PostgreSQL, messages in English.</summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        };
        foreach (var argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static (int ExitCode, string Output) Run(string[] command)
    {
        var start = Describe(command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            return (-1, "");
        }
    }
}
