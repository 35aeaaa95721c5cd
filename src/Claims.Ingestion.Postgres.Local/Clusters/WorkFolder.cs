using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>The temporary folder of one server: its socket, its logs and, unless the user keeps the data elsewhere, its data.</summary>
internal sealed class WorkFolder : IDisposable
{
    public const string NamePrefix = "claims-pg-";

    private const string MakingPrefix = ".making-";

    // The longest name a socket file gets, and the shortest limit on its whole path among the systems.
    private const string SocketName = "/.s.PGSQL.65535";
    private const int SocketPathLimit = 103;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly OwnerLock _lock;

    private WorkFolder(string directory, OwnerLock ownerLock)
    {
        Directory = directory;
        _lock = ownerLock;
    }

    public string Directory { get; }

    public string DataDirectory => DataOf(Directory);

    public string CommandLog => Path.Combine(Directory, "commands.log");

    public string ServerLog => Path.Combine(Directory, "server.log");

    /// <summary>Where the server's unix socket goes, or null when the system has none or the path would be too long.</summary>
    public string? SocketDirectory =>
        OperatingSystem.IsWindows() || Directory.Length + SocketName.Length > SocketPathLimit ? null : Directory;

    private string LockFile => LockOf(Directory);

    /// <summary>The folder for temporary files, or another one when the server's user cannot get into that.</summary>
    public static string RootFor(ServerUser user)
    {
        string[] roots = [Path.TrimEndingDirectorySeparator(Path.GetTempPath()), .. user.IsOther ? ["/tmp", "/var/tmp"] : Array.Empty<string>()];
        return roots.FirstOrDefault(user.CanEnter)
            ?? throw new LocalPostgresException($"The user {user.Name}, who runs the server, can enter none of {string.Join(", ", roots)}.");
    }

    public static WorkFolder Create(string root, ServerUser user)
    {
        var name = NamePrefix + Guid.NewGuid().ToString("N")[..12];
        var directory = Path.Combine(root, name);

        // It gets its name when it is locked: between the making of the file and the lock, others would take it for a folder that was left behind. Windows moves no folder with an open file.
        var making = OperatingSystem.IsWindows() ? directory : Path.Combine(root, MakingPrefix + name);
        if (OperatingSystem.IsWindows())
        {
            System.IO.Directory.CreateDirectory(making);
        }
        else
        {
            System.IO.Directory.CreateDirectory(making, OwnerOnly);
        }

        var ownerLock = OwnerLock.TryTake(LockOf(making))
            ?? throw new LocalPostgresException($"'{making}' was created, but a file in it could not be locked.");
        if (making != directory)
        {
            System.IO.Directory.Move(making, directory);
        }

        var folder = new WorkFolder(directory, ownerLock);
        File.WriteAllText(folder.CommandLog, "");
        user.Own(directory);
        return folder;
    }

    /// <summary>Stops the servers and removes the folders of processes that ended without being able to.</summary>
    public async Task SweepOthersAsync(Func<string, Task> stopServer)
    {
        if (!OwnerLock.Works(LockFile))
        {
            return;
        }

        foreach (var other in new DirectoryInfo(Path.GetDirectoryName(Directory)!).EnumerateDirectories(NamePrefix + "*"))
        {
            // A folder without the file is being made or removed right now, or is not ours to judge.
            if (other.LinkTarget is not null || !File.Exists(LockOf(other.FullName)))
            {
                continue;
            }

            using var taken = OwnerLock.TryTake(LockOf(other.FullName));
            if (taken is not null)
            {
                await StopAndRemoveAsync(other.FullName, stopServer).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Stops what may still run in this folder and removes it; the watchdog has done both unless it was killed.</summary>
    public Task RemoveAsync(Func<string, Task> stopServer) => StopAndRemoveAsync(Directory, stopServer);

    public void Dispose() => _lock.Dispose();

    private static string DataOf(string directory) => Path.Combine(directory, "data");

    private static string LockOf(string directory) => Path.Combine(directory, "owner.lock");

    private static async Task StopAndRemoveAsync(string directory, Func<string, Task> stopServer)
    {
        if (PostmasterFile.Read(DataOf(directory)) is { } server && server.IsLive())
        {
            await stopServer(DataOf(directory)).ConfigureAwait(false);
        }

        try
        {
            if (System.IO.Directory.Exists(directory))
            {
                System.IO.Directory.Delete(directory, recursive: true);
            }
        }
        catch (IOException)
        {
            // Somebody else removes it too; what may stay is found by the next start.
        }
        catch (UnauthorizedAccessException)
        {
            // It belongs to another user, who alone may remove it.
        }
    }
}
