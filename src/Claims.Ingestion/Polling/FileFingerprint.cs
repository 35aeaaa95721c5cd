using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Claims.Ingestion.Polling;

/// <summary>Makes the external id of a file in a folder: its name and a hash of its bytes, XXH128.</summary>
/// <remarks>A file is hashed when it is listed and again before it is moved away, so it has to cost little. Who makes two files of one name and hash on purpose withholds nothing but a file of their own.</remarks>
internal static class FileFingerprint
{
    /// <summary>The longest external id, in characters.</summary>
    public const int MaxIdLength = 200;

    private const int NameHashBytes = 8;

    // Most files need one read only.
    private const int MaxBufferBytes = 1024 * 1024;

    /// <summary>Joins a name and a hash to an external id of at most <see cref="MaxIdLength"/> characters.</summary>
    public static string CreateId(string name, string hash) =>
        Shorten(name, (MaxIdLength - 1 - hash.Length) * sizeof(char), Encoding.Unicode) + "#" + hash;

    /// <summary>Cuts a name that is too long, and marks it with a hash of the whole so that different names stay different.</summary>
    public static string Shorten(string name, int maxBytes, Encoding encoding)
    {
        if (encoding.GetByteCount(name) <= maxBytes)
            return name;

        var mark = "~" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, NameHashBytes));
        var room = maxBytes - encoding.GetByteCount(mark);
        var kept = new StringBuilder();

        // Rune by rune: half a surrogate pair could not be stored.
        foreach (var rune in name.EnumerateRunes())
        {
            var text = rune.ToString();
            room -= encoding.GetByteCount(text);
            if (room < 0)
                break;
            kept.Append(text);
        }

        return kept.Append(mark).ToString();
    }

    /// <summary>Hashes a file's bytes, streaming.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its length. An empty file is not opened: a named pipe looks like one, and opening it would wait for ever.</param>
    /// <param name="cancellationToken">The token to cancel the reading.</param>
    public static async ValueTask<string> HashAsync(string path, long length, CancellationToken cancellationToken)
    {
        var hash = new XxHash128();
        if (length > 0)
            await AppendAsync(hash, path, (int)Math.Min(length + 1, MaxBufferBytes), cancellationToken).ConfigureAwait(false);

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Opens a file for reading from its start; fails while another process writes it.</summary>
    public static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        BufferSize = 0,
    });

    private static async Task AppendAsync(XxHash128 hash, string path, int bufferBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
        try
        {
            var stream = Open(path);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await FileReads.ReadSomeAsync(stream, buffer, cancellationToken).ConfigureAwait(false)) > 0)
                    hash.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
