namespace Claims.Ingestion.Postgres.Local.Binaries;

/// <summary>A place where binaries may be, with the folders it led to on this machine.</summary>
internal sealed record SearchedPlace(string Name, IReadOnlyList<string> Directories, string WhenEmpty = "no such folder")
{
    public override string ToString() =>
        $"{Name}: {(Directories.Count == 0 ? WhenEmpty : string.Join(", ", Directories))}";
}
