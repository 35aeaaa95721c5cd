using System.Buffers;

namespace Claims.Ingestion.Reading;

/// <summary>Guesses from its first bytes what content is that no reader recognizes, to help whoever looks at the quarantine.</summary>
internal static class ContentHint
{
    private static readonly SearchValues<byte> ControlBytes = SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30, 31, 127]);

    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (PayloadDecoder.IsZip(start) || PayloadDecoder.IsGzip(start))
            return "an archive inside an archive";

        return start switch
        {
            _ when start.StartsWith("%PDF"u8) => "a PDF",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] or [(byte)'I', (byte)'I', 0x2A, 0, ..] or [(byte)'M', (byte)'M', 0, 0x2A, ..] => "an image",
            _ when start.StartsWith("GIF8"u8) => "an image",
            [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old Word or Excel file",
            _ when start.StartsWith("Rar!"u8) => "an archive of a kind that is not supported",
            [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "an archive of a kind that is not supported",
            _ when start.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] => "JSON",
            _ when start.IndexOfAny(ControlBytes) < 0 => "text",
            _ => "binary data",
        };
    }
}
