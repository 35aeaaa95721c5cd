namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>The account that the server runs as: our own, or an unprivileged one when we are root, as which PostgreSQL refuses to run.</summary>
internal sealed class ServerUser
{
    private static readonly string[] _accounts = ["postgres", "nobody"];

    private readonly string _owner;

    private ServerUser(string name, string owner, IReadOnlyList<string> prefix)
    {
        Name = name;
        _owner = owner;
        Prefix = prefix;
    }

    public string Name { get; }

    /// <summary>What to put before a command so that it runs as this user; empty when we are that user.</summary>
    public IReadOnlyList<string> Prefix { get; }

    public bool IsOther => Prefix.Count > 0;

    public static ServerUser Find()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return new ServerUser(Environment.UserName, "", []);
        }

        foreach (var name in _accounts)
        {
            var user = Command.TryRead("id", "-u", name)?.Trim();
            var group = Command.TryRead("id", "-g", name)?.Trim();
            if (string.IsNullOrEmpty(user) || string.IsNullOrEmpty(group))
            {
                continue;
            }

            IReadOnlyList<string>[] ways =
            [
                ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--"],
                ["runuser", "-u", name, "--"],
                ["su", "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", name, "--"],
            ];

            // Each is tried for real: a container may lack the right to change users, and small systems ship reduced versions.
            if (ways.FirstOrDefault(way => Command.Succeeds([.. way, "sh", "-c", "exit 0"])) is { } prefix)
            {
                return new ServerUser(name, $"{user}:{group}", prefix);
            }
        }

        throw new LocalPostgresException(
            $"PostgreSQL refuses to run as root, and no other user can be used: none of setpriv, runuser and su could run a program as {string.Join(" or ", _accounts)}. "
            + "Run as an ordinary user, or install util-linux.");
    }

    /// <summary>Whether this user can enter the folder.</summary>
    public bool CanEnter(string folder) => !IsOther || Command.Succeeds([.. Prefix, "sh", "-c", "test -x \"$0\"", folder]);

    /// <summary>Whether this user can run the program, with all its libraries.</summary>
    public bool CanRun(string program) => Command.Succeeds([.. Prefix, program, "--version"]);

    /// <summary>Gives a file or a whole folder to this user.</summary>
    public void Own(string path)
    {
        if (IsOther && !Command.Succeeds("chown", "-R", _owner, path))
        {
            throw new LocalPostgresException($"'{path}' could not be given to the user {Name}, who runs the server.");
        }
    }
}
