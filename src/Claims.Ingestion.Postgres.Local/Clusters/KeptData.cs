using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>The checks that a data directory of the user's must pass before a server is started in it.</summary>
internal static class KeptData
{
    public const string LockFileName = "claims.lock";

    /// <summary>Whether the folder must be initialised first; it is created when it is missing.</summary>
    public static bool IsNew(string directory, PostgresBinaries binaries, ServerUser user)
    {
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
        }

        if (!user.CanEnter(directory))
        {
            throw new LocalPostgresException(
                $"The data directory '{directory}' cannot be entered by the user {user.Name}, who runs the server because PostgreSQL refuses to run as root. "
                + "Use a folder whose parents everyone can enter, such as one under /var/tmp, or run as an ordinary user.");
        }

        if (!Directory.EnumerateFileSystemEntries(directory).Any())
        {
            user.Own(directory);
            return true;
        }

        var versionFile = Path.Combine(directory, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            throw new LocalPostgresException($"The data directory '{directory}' is not empty and holds no PostgreSQL cluster.");
        }

        var version = File.ReadAllText(versionFile).Trim();
        return version == binaries.MajorVersion
            ? false
            : throw new LocalPostgresException(
                $"The data directory '{directory}' was made by PostgreSQL {version}, but the programs in '{binaries.Directory}' are version {binaries.Version}. "
                + $"Name programs of version {version} or another data directory.");
    }

    /// <summary>Takes the directory for this process and clears away what a killed one left.</summary>
    public static async Task<OwnerLock> TakeAsync(string directory, ServerUser user, Func<string, Task> stopServer)
    {
        var lockFile = Path.Combine(directory, LockFileName);
        var ownerLock = OwnerLock.TryTake(lockFile)
            ?? throw new LocalPostgresException($"The data directory '{directory}' is in use by another {nameof(LocalPostgres)}.");
        try
        {
            user.Own(lockFile);
            if (PostmasterFile.Read(directory) is { } server)
            {
                if (server.IsLive())
                {
                    // Noted by an owner who is gone: it is what that one left behind. Any other server is not ours to stop.
                    if (server.Identity != ownerLock.Read())
                    {
                        throw new LocalPostgresException(
                            $"The data directory '{directory}' is in use by the server with process id {server.ProcessId} on port {server.Port}, which was not started here. Stop it first.");
                    }

                    await stopServer(directory).ConfigureAwait(false);
                }
                else
                {
                    server.RemoveIfMisleading();
                }
            }

            return ownerLock;
        }
        catch
        {
            ownerLock.Dispose();
            throw;
        }
    }
}
