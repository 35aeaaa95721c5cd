namespace Claims.Ingestion.Reading;

/// <summary>Reads unwrapped content: stops at a limit, and checks length and checksum at the end.</summary>
internal sealed class CheckedStream(Stream inner, string wrapping, long limit, uint length, uint? crc) : ReadOnlyStream
{
    private Crc32 _crc = Crc32.Start;
    private long _read;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }

        Check(buffer[..read], atEnd: read == 0 && !buffer.IsEmpty);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }

        Check(buffer.Span[..read], atEnd: read == 0 && !buffer.IsEmpty);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> data, bool atEnd)
    {
        _read += data.Length;
        if (_read > limit)
            throw new PayloadException(FormattableString.Invariant($"the {wrapping} file unfolds to more than {limit} bytes"));

        if (crc is not null)
            _crc = _crc.Add(data);

        if (!atEnd)
            return;

        // Both formats keep the length in 32 bits.
        if ((uint)_read != length)
            throw new PayloadException($"the {wrapping} data is cut off, or does not end where it says");

        if (crc is { } expected && _crc.Value != expected)
            throw new PayloadException($"the {wrapping} data is damaged: its checksum differs");
    }

    private PayloadException Damaged(InvalidDataException e) => new($"the {wrapping} data is damaged", e);
}
