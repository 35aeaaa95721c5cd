using System.Buffers.Binary;
using System.Text;

namespace FacilityGateway.Xml;

/// <summary>
/// Wraps a file as its name tells: zip, gzip or not at all. The content is stored, not squeezed: what a compressor makes differs between machines.
/// </summary>
internal static class Packing
{
    private const int LargestStoredBlock = 0xFFFF;

    public static bool IsPacked(string name) => name.EndsWith(".zip", StringComparison.Ordinal) || name.EndsWith(".gz", StringComparison.Ordinal);

    public static void WriteTo(Stream stream, string name, Action<Stream> writeContent)
    {
        if (!IsPacked(name))
        {
            writeContent(stream);
            return;
        }

        using var buffer = new MemoryStream();
        writeContent(buffer);
        var content = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        if (name.EndsWith(".gz", StringComparison.Ordinal))
            Gzip(stream, content);
        else
            Zip(stream, Encoding.ASCII.GetBytes(name.Replace(".zip", ".xml", StringComparison.Ordinal)), content);
    }

    private static void Gzip(Stream stream, ReadOnlySpan<byte> content)
    {
        stream.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]);
        var rest = content;
        do
        {
            var block = rest[..Math.Min(rest.Length, LargestStoredBlock)];
            rest = rest[block.Length..];
            stream.WriteByte((byte)(rest.IsEmpty ? 1 : 0));
            WriteNumbers16(stream, (ushort)block.Length, (ushort)~block.Length);
            stream.Write(block);
        }
        while (!rest.IsEmpty);
        WriteNumbers32(stream, Crc32.Of(content), (uint)content.Length);
    }

    private static void Zip(Stream stream, byte[] entryName, ReadOnlySpan<byte> content)
    {
        const ushort Version = 20;
        const ushort FirstOfJanuary2023 = (43 << 9) | (1 << 5) | 1;
        var crc = Crc32.Of(content);
        var length = (uint)content.Length;
        WriteNumbers32(stream, 0x04034B50);
        WriteNumbers16(stream, Version, 0, 0, 0, FirstOfJanuary2023);
        WriteNumbers32(stream, crc, length, length);
        WriteNumbers16(stream, (ushort)entryName.Length, 0);
        stream.Write(entryName);
        stream.Write(content);

        WriteNumbers32(stream, 0x02014B50);
        WriteNumbers16(stream, Version, Version, 0, 0, 0, FirstOfJanuary2023);
        WriteNumbers32(stream, crc, length, length);
        WriteNumbers16(stream, (ushort)entryName.Length, 0, 0, 0, 0);
        WriteNumbers32(stream, 0, 0);
        stream.Write(entryName);

        const uint LocalHeader = 30;
        const uint CentralHeader = 46;
        WriteNumbers32(stream, 0x06054B50);
        WriteNumbers16(stream, 0, 0, 1, 1);
        WriteNumbers32(stream, CentralHeader + (uint)entryName.Length, LocalHeader + (uint)entryName.Length + length);
        WriteNumbers16(stream, 0);
    }

    private static void WriteNumbers16(Stream stream, params ReadOnlySpan<ushort> numbers)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, number);
            stream.Write(bytes);
        }
    }

    private static void WriteNumbers32(Stream stream, params ReadOnlySpan<uint> numbers)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
            stream.Write(bytes);
        }
    }
}
