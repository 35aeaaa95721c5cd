namespace Claims.Ingestion.Postgres.Local.Tests;

/// <summary>A folder that everyone can enter, removed after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "claims-local-tests-" + Guid.NewGuid().ToString("N")[..12])).FullName;

    public string Sub(params string[] parts) => Directory.CreateDirectory(Path.Combine([FullName, .. parts])).FullName;

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
