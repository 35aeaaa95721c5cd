using System.Buffers.Binary;

namespace Claims.Ingestion.Reading;

/// <summary>The only file of a zip archive: where its data is, and what it must unfold to.</summary>
/// <remarks>The directory is read by hand, since the runtime's reader loads a directory of any size, and compares no checksums.</remarks>
internal sealed record ZipEntry(long DataOffset, long PackedLength, uint Length, uint Crc, bool Deflated)
{
    private const int EndRecordBytes = 22;
    private const int EntryBytes = 46;
    private const int LocalHeaderBytes = 30;
    private const int MaxCommentBytes = ushort.MaxValue;

    // Room for hundreds of folders and Mac resource files beside the one file.
    private const int MaxDirectoryBytes = 256 * 1024;

    private const uint Zip64Marker = uint.MaxValue;
    private const ushort Stored = 0;
    private const ushort DeflateMethod = 8;

    /// <summary>Finds the file in the archive's directory.</summary>
    /// <exception cref="PayloadException">The archive is damaged, encrypted, or does not hold exactly one file.</exception>
    public static ZipEntry Find(Stream raw)
    {
        var directory = ReadDirectory(raw);
        ReadOnlyMemory<byte> only = default;
        var files = 0;
        var office = false;

        for (ReadOnlyMemory<byte> rest = directory; !rest.IsEmpty;)
        {
            var entry = rest.Span;
            if (entry.Length < EntryBytes || !entry.StartsWith("PK\x01\x02"u8))
                throw Damaged();

            var nameBytes = U16(entry, 28);
            var size = EntryBytes + nameBytes + U16(entry, 30) + U16(entry, 32);
            if (size > entry.Length)
                throw Damaged();

            var name = entry.Slice(EntryBytes, nameBytes);
            office |= name.SequenceEqual("[Content_Types].xml"u8);
            if (!name.EndsWith("/"u8) && !name.StartsWith("__MACOSX/"u8))
            {
                files++;
                only = rest[..size];
            }

            rest = rest[size..];
        }

        if (office)
            throw new PayloadException("the zip is a spreadsheet or a text document, not a claim file");

        if (files != 1)
            throw new PayloadException(FormattableString.Invariant($"the zip holds {files} files, and must hold one"));

        return Read(raw, only.Span);
    }

    private static ZipEntry Read(Stream raw, ReadOnlySpan<byte> entry)
    {
        // Bit 0: encrypted; bit 6: strongly encrypted.
        if ((U16(entry, 8) & 0x41) != 0)
            throw new PayloadException("the zip is encrypted");

        var method = U16(entry, 10);
        if (method is not (Stored or DeflateMethod))
            throw new PayloadException(FormattableString.Invariant($"the zip uses compression method {method}, which is not supported"));

        var packed = U32(entry, 20);
        var length = U32(entry, 24);
        var offset = U32(entry, 42);
        if (packed == Zip64Marker || length == Zip64Marker || offset == Zip64Marker)
            throw Zip64();

        Span<byte> header = stackalloc byte[LocalHeaderBytes];
        if (offset + LocalHeaderBytes > raw.Length)
            throw Damaged();

        raw.Position = offset;
        raw.ReadExactly(header);
        var data = offset + LocalHeaderBytes + U16(header, 26) + U16(header, 28);
        if (!header.StartsWith("PK\x03\x04"u8) || data + packed > raw.Length)
            throw Damaged();

        return new ZipEntry(data, packed, length, U32(entry, 16), method == DeflateMethod);
    }

    private static byte[] ReadDirectory(Stream raw)
    {
        var tail = new byte[(int)Math.Min(raw.Length, EndRecordBytes + MaxCommentBytes)];
        raw.Position = raw.Length - tail.Length;
        raw.ReadExactly(tail);

        var at = FindEndRecord(tail);
        if (at < 0)
            throw new PayloadException("the zip is cut off: its directory is missing");

        var end = tail.AsSpan(at);
        var size = U32(end, 12);
        var offset = U32(end, 16);
        if (size == Zip64Marker || offset == Zip64Marker)
            throw Zip64();

        if (size > MaxDirectoryBytes)
            throw new PayloadException("the zip holds too many files, and must hold one");

        if (offset + (long)size > raw.Length)
            throw Damaged();

        var directory = new byte[size];
        raw.Position = offset;
        raw.ReadExactly(directory);
        return directory;
    }

    private static int FindEndRecord(ReadOnlySpan<byte> tail)
    {
        var at = tail.LastIndexOf("PK\x05\x06"u8);
        while (at >= 0 && (at + EndRecordBytes > tail.Length || at + EndRecordBytes + U16(tail[at..], 20) > tail.Length))
            at = tail[..at].LastIndexOf("PK\x05\x06"u8);

        return at;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static PayloadException Damaged() => new("the zip is damaged");

    private static PayloadException Zip64() => new("the zip is in the format for huge archives (zip64), which is not supported");
}
