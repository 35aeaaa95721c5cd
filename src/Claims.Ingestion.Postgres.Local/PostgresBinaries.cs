using Claims.Ingestion.Postgres.Local.Binaries;

namespace Claims.Ingestion.Postgres.Local;

/// <summary>One PostgreSQL installation: a folder with at least <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>.</summary>
public sealed class PostgresBinaries
{
    internal PostgresBinaries(string directory, Version version, NpmPackage? package = null)
    {
        Directory = directory;
        Version = version;
        Package = package;
    }

    /// <summary>Gets the folder of the programs.</summary>
    public string Directory { get; }

    /// <summary>Gets the version of the server.</summary>
    public Version Version { get; }

    /// <summary>Gets what names a major version: <c>18</c>, or <c>9.6</c> before version 10. A data directory belongs to one major version.</summary>
    public string MajorVersion => Version.Major >= 10 ? $"{Version.Major}" : $"{Version.Major}.{Version.Minor}";

    internal NpmPackage? Package { get; }

    /// <summary>Finds the binaries to use: those at <paramref name="explicitPath"/>, else those that <c>CLAIMS_POSTGRES_BIN</c> names, else the newest on this machine.</summary>
    /// <param name="explicitPath">A folder with the programs, or <see langword="null"/> to search.</param>
    /// <returns>The binaries.</returns>
    /// <exception cref="PostgresNotFoundException">There are none, or the folder that was named does not hold them.</exception>
    public static PostgresBinaries Find(string? explicitPath = null) => BinarySearch.OfThisMachine().Find(explicitPath);

    /// <summary>Finds every installation on this machine.</summary>
    /// <returns>The installations, newest version first; empty when there is none.</returns>
    public static IReadOnlyList<PostgresBinaries> FindAll() => BinarySearch.OfThisMachine().FindAll();

    /// <inheritdoc/>
    public override string ToString() => $"PostgreSQL {Version} in {Directory}";

    internal string Program(string name) => Path.Combine(Directory, BinarySearch.FileName(name));

    internal bool Has(string name) => File.Exists(Program(name));
}
