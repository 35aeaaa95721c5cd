using System.Text;
using System.Text.RegularExpressions;

namespace FacilityGateway.Gateway;

/// <summary>Alters the bytes of answers, whose form is known well enough to do so without parsing them.</summary>
internal static partial class AnswerBody
{
    private const int LineLength = 76;

    public static byte[] WithWrappedBase64(byte[] body) =>
        Base64Of(body) is { } place ? Replace(body, place, string.Join("\r\n", Text(body, place).Chunk(LineLength).Select(line => new string(line)))) : body;

    /// <summary>Well-formed, with a base64 that ends early, at a length that is no multiple of 4.</summary>
    public static byte[] WithTruncatedBase64(byte[] body)
    {
        if (Base64Of(body) is { } place)
        {
            var base64 = Text(body, place).ReplaceLineEndings("");
            return Replace(body, place, base64[..((base64.Length / 8 * 4) + 1)]);
        }

        var empty = body.AsSpan().IndexOf("<file />"u8);
        return empty < 0 ? body : Replace(body, empty..(empty + "<file />".Length), "<file>A</file>");
    }

    public static byte[] WithEntriesTwice(byte[] body) => Encoding.UTF8.GetBytes(Entry().Replace(Encoding.UTF8.GetString(body), "$0$0"));

    /// <summary>Where to cut an answer: in the middle of its base64, if it has some, otherwise in its own middle.</summary>
    public static int Middle(byte[] body)
    {
        var place = Base64Of(body) ?? ..body.Length;
        return (place.Start.Value + place.End.Value) / 2;
    }

    /// <summary>Where the content of a file stands, unless there is none.</summary>
    private static Range? Base64Of(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOf("<file>"u8) + "<file>".Length;
        var end = body.IndexOf("</file>"u8);
        return end > start ? start..end : null;
    }

    private static string Text(byte[] body, Range place) => Encoding.ASCII.GetString(body.AsSpan(place));

    private static byte[] Replace(byte[] body, Range place, string text) => [.. body.AsSpan(..place.Start), .. Encoding.ASCII.GetBytes(text), .. body.AsSpan(place.End..)];

    [GeneratedRegex("&lt;File .*?/&gt;", RegexOptions.Singleline)]
    private static partial Regex Entry();
}
