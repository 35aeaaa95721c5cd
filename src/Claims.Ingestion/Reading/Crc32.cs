using System.Buffers.Binary;

namespace Claims.Ingestion.Reading;

/// <summary>The checksum of zip files; the runtime has none that can be used alone.</summary>
internal readonly struct Crc32
{
    // Eight tables let eight bytes be taken at a time.
    private static readonly uint[] Tables = MakeTables();

    private readonly uint _state;

    private Crc32(uint state) => _state = state;

    public static Crc32 Start => new(uint.MaxValue);

    public uint Value => ~_state;

    public Crc32 Add(ReadOnlySpan<byte> data)
    {
        var tables = Tables;
        var state = _state;
        while (data.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ state;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            state = tables[0x700 + (byte)low]
                ^ tables[0x600 + (byte)(low >> 8)]
                ^ tables[0x500 + (byte)(low >> 16)]
                ^ tables[0x400 + (low >> 24)]
                ^ tables[0x300 + (byte)high]
                ^ tables[0x200 + (byte)(high >> 8)]
                ^ tables[0x100 + (byte)(high >> 16)]
                ^ tables[high >> 24];
            data = data[8..];
        }

        foreach (var b in data)
            state = tables[(byte)(state ^ b)] ^ (state >> 8);

        return new Crc32(state);
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var entry = i;
            for (var bit = 0; bit < 8; bit++)
                entry = (entry & 1) != 0 ? (entry >> 1) ^ 0xEDB88320 : entry >> 1;

            tables[i] = entry;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            var previous = tables[i - 256];
            tables[i] = (previous >> 8) ^ tables[(byte)previous];
        }

        return tables;
    }
}
