using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Tells the encoding of XML from its first bytes: the byte order mark, else the shape of the bytes, else the declaration.</summary>
internal static class ContentEncoding
{
    private const int MaxDeclaration = 1024;
    private const int MaxNameShown = 40;

    // XML forbids this character, so bytes that are not valid in the encoding surface as an error of the XML reader, with line and column.
    private static readonly DecoderReplacementFallback Invalid = new("\uFFFF");

    private static readonly Encoding Utf8 = Encoding.GetEncoding(65001, EncoderFallback.ReplacementFallback, Invalid);
    private static readonly Encoding Utf16 = Encoding.GetEncoding(1200, EncoderFallback.ReplacementFallback, Invalid);
    private static readonly Encoding Utf16BigEndian = Encoding.GetEncoding(1201, EncoderFallback.ReplacementFallback, Invalid);
    private static readonly Encoding Utf32 = Encoding.GetEncoding(12000, EncoderFallback.ReplacementFallback, Invalid);
    private static readonly Encoding Utf32BigEndian = Encoding.GetEncoding(12001, EncoderFallback.ReplacementFallback, Invalid);

    /// <summary>Detects the encoding, and how many bytes its mark takes.</summary>
    /// <exception cref="PayloadException">The declaration names an encoding that is not known.</exception>
    public static (Encoding Encoding, int MarkBytes) Detect(ReadOnlySpan<byte> start) =>
        DetectWide(start) ?? (Declared(start) is { } name ? Find(name) : Utf8, 0);

    /// <summary>Whether the content begins with an angle bracket, after a mark and white space.</summary>
    public static bool BeginsMarkup(ReadOnlySpan<byte> start) => FirstCharacter(start) == '<';

    /// <summary>Whether there is nothing but a mark and white space.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> start) => FirstCharacter(start) is null;

    private static char? FirstCharacter(ReadOnlySpan<byte> start)
    {
        var (encoding, mark) = DetectWide(start) ?? (Encoding.Latin1, 0);
        var text = encoding.GetString(start[mark..]).AsSpan().TrimStart(" \t\r\n");
        return text.IsEmpty ? null : text[0];
    }

    private static (Encoding, int)? DetectWide(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Utf8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Utf32, 4),
        [0, 0, 0xFE, 0xFF, ..] => (Utf32BigEndian, 4),
        [0xFF, 0xFE, ..] => (Utf16, 2),
        [0xFE, 0xFF, ..] => (Utf16BigEndian, 2),
        [not 0, 0, 0, 0, ..] => (Utf32, 0),
        [0, 0, 0, not 0, ..] => (Utf32BigEndian, 0),
        [not 0, 0, ..] => (Utf16, 0),
        [0, not 0, ..] => (Utf16BigEndian, 0),
        _ => null,
    };

    private static string? Declared(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start[..Math.Min(start.Length, MaxDeclaration)]).AsSpan().TrimStart(" \t\r\n");
        var end = text.IndexOf("?>");
        if (!text.StartsWith("<?xml") || end < 0)
            return null;

        text = text[..end];
        var at = text.IndexOf("encoding");
        if (at < 0)
            return null;

        text = text[(at + "encoding".Length)..].TrimStart();
        if (text is not ['=', ..])
            return null;

        text = text[1..].TrimStart();
        if (text is not ['"' or '\'', ..])
            return null;

        var length = text[1..].IndexOf(text[0]);
        return length < 0 ? null : text.Slice(1, length).Trim().ToString();
    }

    private static Encoding Find(string name)
    {
        // The bytes are not two or four to a character, so a declaration that says so was left over from a conversion.
        if (name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("utf-32", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("ucs-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("iso-10646", StringComparison.OrdinalIgnoreCase)
            || name.Equals("unicode", StringComparison.OrdinalIgnoreCase))
            return Utf8;

        try
        {
            // The provider is asked directly: registering it would change the whole process.
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ReplacementFallback, Invalid)
                ?? Encoding.GetEncoding(name, EncoderFallback.ReplacementFallback, Invalid);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            var shown = name.Length <= MaxNameShown && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') ? $" {name}" : "";
            throw new PayloadException($"the XML declaration names an unknown encoding{shown}", e);
        }
    }
}
