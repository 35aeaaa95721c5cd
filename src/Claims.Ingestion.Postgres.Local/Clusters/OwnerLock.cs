namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>
/// A file that the owning process holds open exclusively. The operating system lets go of it when the process ends in
/// any way, so whoever can take it knows that the owner is gone; process ids could not tell, they are used again.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private readonly FileStream _file;

    private OwnerLock(FileStream file) => _file = file;

    public static OwnerLock? TryTake(string path)
    {
        try
        {
            return new OwnerLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a held lock keeps others out: some file systems do not know such locks.</summary>
    public static bool Works(string heldPath)
    {
        using var second = TryTake(heldPath);
        return second is null;
    }

    /// <summary>What the owner noted in the file.</summary>
    public string Read()
    {
        _file.Position = 0;
        return new StreamReader(_file).ReadToEnd();
    }

    public void Write(string text)
    {
        _file.SetLength(0);
        _file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
