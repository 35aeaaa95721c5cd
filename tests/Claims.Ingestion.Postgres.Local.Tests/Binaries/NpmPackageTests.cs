using Claims.Ingestion.Postgres.Local.Binaries;

namespace Claims.Ingestion.Postgres.Local.Tests.Binaries;

public sealed class NpmPackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CopyTo_PackageWhoseInstallScriptDidNotRun_IsLinked()
    {
        File.WriteAllText(Path.Combine(_folder.Sub("package"), "package.json"), """{ "version": "18.4.0" }""");
        File.WriteAllText(Path.Combine(_folder.Sub("package", "native"), "pg-symlinks.json"), """[{ "source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5" }]""");
        File.WriteAllText(Path.Combine(_folder.Sub("package", "native", "lib"), "libpq.so.5.18"), "library");
        File.WriteAllText(Path.Combine(_folder.Sub("package", "native", "lib"), "libpq.a"), "not needed");
        File.WriteAllText(Path.Combine(_folder.Sub("package", "native", "share", "timezone"), "UTC"), "zone");
        var package = NpmPackage.OfBinDirectory(_folder.Sub("package", "native", "bin"))!;

        var directory = package.CopyTo(_folder.Sub("copy"));

        Assert.False(package.IsLinked);
        Assert.Equal("library", File.ReadAllText(Path.Combine(directory, "..", "lib", "libpq.so.5")));
        Assert.Equal("zone", File.ReadAllText(Path.Combine(directory, "..", "share", "timezone", "UTC")));
        Assert.False(File.Exists(Path.Combine(directory, "..", "lib", "libpq.a")));
    }

    [Fact]
    public void OfBinDirectory_OtherInstallation_IsNull() => Assert.Null(NpmPackage.OfBinDirectory(_folder.Sub("usr", "bin")));
}
