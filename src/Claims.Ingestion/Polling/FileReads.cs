namespace Claims.Ingestion.Polling;

/// <summary>Reads of files in a folder.</summary>
internal static class FileReads
{
    /// <summary>
    /// Reads some of a stream. A file that fits the buffer is read at once by the thread that asks: an asynchronous read of a file keeps another thread of the pool waiting instead (but on Windows), and the hand-overs there and
    /// back cost more than the reading of a small file.
    /// </summary>
    public static ValueTask<int> ReadSomeAsync(Stream source, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (source is not FileStream file || file.Length >= buffer.Length)
            return source.ReadAsync(buffer, cancellationToken);

        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(file.Read(buffer.Span));
    }
}
