using System.Text;
using System.Text.RegularExpressions;

namespace FacilityGateway.Gateway;

/// <summary>Alters the bytes of answers, whose form is known well enough to do so without parsing them.</summary>
internal static partial class AnswerBody
{
    private const int LineLength = 76;

    public static byte[] WithWrappedBase64(byte[] body)
    {
        var (start, end) = Base64Of(body);
        var base64 = Encoding.ASCII.GetString(body.AsSpan(start..end));
        return WithBase64(body, string.Join("\r\n", base64.Chunk(LineLength).Select(line => new string(line))));
    }

    /// <summary>Well-formed, with a base64 that ends early, at a length that is no multiple of 4.</summary>
    public static byte[] WithTruncatedBase64(byte[] body)
    {
        var (start, end) = Base64Of(body);
        var length = (end - start) / 2;
        return WithBase64(body, length == 0 ? "A" : Encoding.ASCII.GetString(body, start, (length / 4 * 4) + 1));
    }

    public static byte[] WithEntriesTwice(byte[] body) => Encoding.UTF8.GetBytes(Entry().Replace(Encoding.UTF8.GetString(body), "$0$0"));

    /// <summary>Where to cut an answer: in the middle of its base64, if it has some, otherwise in its own middle.</summary>
    public static int Middle(byte[] body)
    {
        var (start, end) = Base64Of(body);
        return (start + end) / 2;
    }

    /// <summary>Everything, if there is no file in it.</summary>
    private static (int Start, int End) Base64Of(ReadOnlySpan<byte> body)
    {
        var start = body.IndexOf("<file>"u8);
        var end = body.IndexOf("</file>"u8);
        return end < 0 ? (0, body.Length) : (start + "<file>".Length, end);
    }

    private static byte[] WithBase64(byte[] body, string base64)
    {
        var (start, end) = Base64Of(body);
        return [.. body.AsSpan(..start), .. Encoding.ASCII.GetBytes(base64), .. body.AsSpan(end..)];
    }

    [GeneratedRegex("&lt;File .*?/&gt;", RegexOptions.Singleline)]
    private static partial Regex Entry();
}
