using System.IO.Compression;

namespace Claims.Ingestion.Tests.Reading;

/// <summary>Wraps content in the formats that files come in.</summary>
internal static class Wrap
{
    public static byte[] Gzip(byte[] content)
    {
        var raw = new MemoryStream();
        using (var gzip = new GZipStream(raw, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);

        return raw.ToArray();
    }

    public static byte[] Zip(params (string Name, byte[] Content)[] entries) => Zip(CompressionLevel.Optimal, entries);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        var raw = new MemoryStream();
        using (var zip = new ZipArchive(raw, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return raw.ToArray();
    }
}
