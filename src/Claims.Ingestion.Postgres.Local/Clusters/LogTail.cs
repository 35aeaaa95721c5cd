namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>Reads what was added to log files since a point.</summary>
internal sealed class LogTail
{
    private const int Limit = 4000;

    private readonly (string File, long Start)[] _files;

    public LogTail(params IEnumerable<string> files) =>
        _files = [.. files.Distinct().Select(file => (file, File.Exists(file) ? new FileInfo(file).Length : 0))];

    public string Read()
    {
        var text = string.Join('\n', _files.Select(ReadAdded).Where(part => part.Length > 0));
        return text.Length <= Limit ? text : "..." + text[^Limit..];
    }

    private static string ReadAdded((string File, long Start) log)
    {
        if (!File.Exists(log.File))
        {
            return "";
        }

        using var stream = new FileStream(log.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Min(log.Start, stream.Length);
        return new StreamReader(stream).ReadToEnd().Trim();
    }
}
