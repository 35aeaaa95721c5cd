using Claims.Ingestion.Postgres.Local.Processes;

namespace Claims.Ingestion.Postgres.Local.Binaries;

/// <summary>Looks for PostgreSQL installations. What it looks at is given to it, so that tests can show it another machine.</summary>
internal sealed class BinarySearch
{
    public const string Variable = "CLAIMS_POSTGRES_BIN";

    private static readonly string[] _needed = ["initdb", "postgres", "pg_ctl"];

    private static readonly string[] _usualFolders =
    [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        @"C:\Program Files\PostgreSQL\*\bin",
    ];

    public required Func<string, string?> Environment { get; init; }

    public required string CurrentDirectory { get; init; }

    public IReadOnlyList<string> UsualFolders { get; init; } = _usualFolders;

    public static BinarySearch OfThisMachine() => new()
    {
        Environment = System.Environment.GetEnvironmentVariable,
        CurrentDirectory = Directory.GetCurrentDirectory(),
    };

    public static string FileName(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    public PostgresBinaries Find(string? explicitPath)
    {
        if (explicitPath is not null)
        {
            return Named("The folder that was given", explicitPath);
        }

        if (Environment(Variable) is { Length: > 0 } named)
        {
            return Named(Variable, named);
        }

        var places = Places();
        return At(places).FirstOrDefault() ?? throw new PostgresNotFoundException(NotFoundText.For(places, _needed));
    }

    public IReadOnlyList<PostgresBinaries> FindAll() => At(Places());

    private static PostgresBinaries[] At(IEnumerable<SearchedPlace> places) =>
    [
        .. places.SelectMany(place => place.Directories)
            .Where(IsComplete)
            .DistinctBy(RealPath)
            .Select(Read)
            .OfType<PostgresBinaries>()
            .OrderByDescending(binaries => binaries.Version),
    ];

    private static bool IsComplete(string directory) => !Missing(directory).Any();

    private static IEnumerable<string> Missing(string directory) =>
        _needed.Where(program => !File.Exists(Path.Combine(directory, FileName(program))));

    // The same installation is often reached by a link on PATH and by its own folder.
    private static string RealPath(string directory)
    {
        var server = new FileInfo(Path.Combine(directory, FileName("postgres")));
        return server.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? server.FullName;
    }

    private static PostgresBinaries? Read(string directory)
    {
        // The package states its version; the server itself cannot be asked before its libraries are linked.
        if (NpmPackage.OfBinDirectory(directory) is { } package)
        {
            return new PostgresBinaries(directory, package.Version, package);
        }

        return Command.TryRead(Path.Combine(directory, FileName("postgres")), "--version") is { } text && PostgresVersion.Parse(text) is { } version
            ? new PostgresBinaries(directory, version)
            : null;
    }

    private static PostgresBinaries Named(string origin, string path)
    {
        var directory = Path.GetFullPath(path);
        var missing = Missing(directory).ToArray();
        if (missing.Length > 0)
        {
            throw new PostgresNotFoundException(
                $"{origin} is '{directory}', which has no {string.Join(", no ", missing)}. Name the folder that holds {string.Join(", ", _needed)}.");
        }

        return Read(directory) ?? throw new PostgresNotFoundException(
            $"{origin} is '{directory}', but '{FileName("postgres")} --version' does not run there.");
    }

    private List<SearchedPlace> Places()
    {
        var path = (Environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return
        [
            new(Variable, Environment(Variable) is { Length: > 0 } named ? [Path.GetFullPath(named)] : [], "not set"),
            new("pg_config --bindir", PgConfigBinDirectory(path), "pg_config is not on PATH"),
            new("PATH", path, "not set"),
            .. UsualFolders.Select(pattern => new SearchedPlace(pattern, Expand(pattern))),
            new($"npm package {NpmPackage.Name} in node_modules or .postgres/node_modules of {CurrentDirectory} and its parents", [.. NpmBinDirectories()], "not installed"),
        ];
    }

    private static string[] PgConfigBinDirectory(IEnumerable<string> path)
    {
        var program = path.Select(folder => Path.Combine(folder, FileName("pg_config"))).FirstOrDefault(File.Exists);
        var directory = program is null ? null : Command.TryRead(program, "--bindir")?.Trim();
        return string.IsNullOrEmpty(directory) ? [] : [directory];
    }

    private IEnumerable<string> NpmBinDirectories()
    {
        for (var folder = CurrentDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            foreach (var parent in (string[])[folder, Path.Combine(folder, ".postgres")])
            {
                var directory = NpmPackage.BinDirectory(Path.Combine(parent, "node_modules"));
                if (Directory.Exists(directory))
                {
                    yield return directory;
                }
            }
        }
    }

    // One '*' in one part of the path is all that the usual folders need.
    private static string[] Expand(string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var start = pattern.LastIndexOfAny(['/', '\\'], star);
        var end = pattern.IndexOfAny(['/', '\\'], star);
        var parent = pattern[..start];
        return Directory.Exists(parent)
            ? [.. Directory.EnumerateDirectories(parent, pattern[(start + 1)..end]).Select(folder => folder + pattern[end..]).Where(Directory.Exists).Order(StringComparer.Ordinal)]
            : [];
    }
}
