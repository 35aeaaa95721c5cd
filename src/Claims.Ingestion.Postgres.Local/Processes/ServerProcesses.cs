using System.Diagnostics;
using System.Globalization;
using Claims.Ingestion.Postgres.Local.Clusters;

namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>The processes of a running server, to be frozen or killed from outside.</summary>
internal sealed class ServerProcesses
{
    private readonly int _postmaster;

    private ServerProcesses(int postmaster) => _postmaster = postmaster;

    public static ServerProcesses Of(LocalPostgres server) =>
        new(PostmasterFile.Read(server.DataDirectory)?.ProcessId ?? throw new InvalidOperationException($"No server runs in '{server.DataDirectory}'."));

    /// <summary>Stops every process where it is, as a machine does that hangs. The system still takes in connections for it.</summary>
    public void Freeze()
    {
        // The postmaster first: then no process is added.
        Signal("STOP", [_postmaster]);
        Signal("STOP", Children());
    }

    public void Thaw() => Signal("CONT", [.. Children(), _postmaster]);

    /// <summary>Kills the postmaster; the others end when they see that it is gone.</summary>
    public void Kill() => Signal("KILL", [_postmaster]);

    private static void Signal(string signal, IReadOnlyCollection<int> processes)
    {
        if (processes.Count == 0) return;
        string ids = string.Join(' ', processes.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        using Process kill = Process.Start("sh", ["-c", $"kill -s {signal} {ids}"]);
        kill.WaitForExit();

        // One that ended by itself in the meantime is no failure, the postmaster is.
        if (kill.ExitCode != 0 && processes.Count == 1) throw new InvalidOperationException($"The server's process {ids} took no signal {signal}.");
    }

    private int[] Children() =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == _postmaster),
    ];

    private static int ParentOf(int process)
    {
        try
        {
            // After the name, in brackets, come the state and the parent.
            string text = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
