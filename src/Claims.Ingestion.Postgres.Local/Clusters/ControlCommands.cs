using System.Globalization;
using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>The command lines of PostgreSQL's own programs, as the user who runs the server.</summary>
internal sealed class ControlCommands
{
    private readonly PostgresBinaries _binaries;
    private readonly ServerUser _user;

    public ControlCommands(PostgresBinaries binaries, ServerUser user)
    {
        _binaries = binaries;
        _user = user;
    }

    /// <summary>Ways to create a cluster, best first: the locale may not exist on this machine.</summary>
    public IEnumerable<IReadOnlyList<string>> Initialise(string dataDirectory)
    {
        string[][] locales = _binaries.Version.Major >= 17
            ? [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
            : [["--locale=C.UTF-8"], ["--locale=C"]];
        return locales.Select(locale => Line("initdb", ["-D", dataDirectory, "-U", "postgres", "-E", "UTF8", "--auth=trust", "--no-sync", .. locale]));
    }

    public IReadOnlyList<string> Start(string dataDirectory, string log, TimeSpan timeout) =>
        Line("pg_ctl", ["start", "-w", "-t", Seconds(timeout), "-D", dataDirectory, "-l", log]);

    public IReadOnlyList<string> Stop(string dataDirectory, LocalPostgresStop mode, TimeSpan timeout) =>
        Line("pg_ctl", ["stop", "-w", "-t", Seconds(timeout), "-m", mode == LocalPostgresStop.Fast ? "fast" : "immediate", "-D", dataDirectory]);

    public IReadOnlyList<string> Promote(string dataDirectory, TimeSpan timeout) =>
        Line("pg_ctl", ["promote", "-w", "-t", Seconds(timeout), "-D", dataDirectory]);

    public IReadOnlyList<string> Copy(string dataDirectory, int primaryPort)
    {
        const string Program = "pg_basebackup";

        // The npm package leaves it out; the program of another installation copies servers of its own or an older version.
        var source = _binaries.Has(Program)
            ? _binaries
            : PostgresBinaries.FindAll().LastOrDefault(other => other.Has(Program) && other.Version.Major >= _binaries.Version.Major);
        return source is null
            ? throw new LocalPostgresException(
                $"A replica needs {Program}, which '{_binaries.Directory}' does not have (the npm package leaves it out) and no other installation of version {_binaries.MajorVersion} or newer has. "
                + $"Install the complete PostgreSQL {_binaries.MajorVersion}.")
            : [
                .. _user.Prefix,
                source.Program(Program),
                "-D", dataDirectory, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-w",
                "-h", "127.0.0.1", "-p", primaryPort.ToString(CultureInfo.InvariantCulture), "-U", "postgres",
            ];
    }

    private static string Seconds(TimeSpan time) => ((int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private string[] Line(string program, IEnumerable<string> arguments) => [.. _user.Prefix, _binaries.Program(program), .. arguments];
}
