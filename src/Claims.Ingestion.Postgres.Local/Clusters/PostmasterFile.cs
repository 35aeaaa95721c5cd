using System.Diagnostics;
using System.Globalization;
using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>The file <c>postmaster.pid</c> of a data directory, and whether the process it names is that server.</summary>
internal sealed class PostmasterFile
{
    private readonly string _path;
    private readonly string _text;

    private PostmasterFile(string path, string text, int processId)
    {
        _path = path;
        _text = text;
        ProcessId = processId;
    }

    public int ProcessId { get; }

    /// <summary>Names one run of one server: process id, data directory, start time.</summary>
    public string Identity => string.Join('\n', _text.Split('\n').Take(3));

    public string Port => _text.Split('\n').ElementAtOrDefault(3) ?? "?";

    public static PostmasterFile? Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "postmaster.pid");
        return TryReadText(path) is { } text && int.TryParse(text.Split('\n')[0], CultureInfo.InvariantCulture, out var processId)
            ? new PostmasterFile(path, text, processId)
            : null;
    }

    /// <summary>Whether the process is alive and serves this very directory: an id alone may have been given to another program.</summary>
    public bool IsLive()
    {
        if (OperatingSystem.IsLinux())
        {
            // A server's working directory is its data directory. A process that ended, or is a zombie, has none.
            return TryReadText($"/proc/{ProcessId}/cwd/postmaster.pid") is { } text && text.Split('\n').Take(3).SequenceEqual(_text.Split('\n').Take(3));
        }

        if (!OperatingSystem.IsWindows())
        {
            return Command.TryRead("ps", "-p", $"{ProcessId}", "-o", "comm=")?.Contains("postgres", StringComparison.Ordinal) == true;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return process.ProcessName == "postgres";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Removes the file of a server that is gone when its process id is now that of another program, or of a dead process that nobody collected: PostgreSQL would take either for the server.</summary>
    public void RemoveIfMisleading()
    {
        if (OperatingSystem.IsLinux() && !IsLive() && (IsSomeOtherProgram() || IsZombie()))
        {
            File.Delete(_path);
        }
    }

    // Only what can be seen counts: the directory of another user's process is hidden.
    private bool IsSomeOtherProgram()
    {
        try
        {
            return new FileInfo($"/proc/{ProcessId}/cwd").LinkTarget is not null;
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsZombie() =>
        TryReadText($"/proc/{ProcessId}/status")?.Contains("State:\tZ", StringComparison.Ordinal) == true;

    private static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
