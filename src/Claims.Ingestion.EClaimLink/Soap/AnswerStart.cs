using System.Text;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>Tells from its first bytes what an answer is.</summary>
internal static class AnswerStart
{
    public enum Kind
    {
        Xml,
        Html,
        Other,
    }

    public static Kind Of(ReadOnlySpan<byte> start)
    {
        // UTF-16 leaves its ASCII characters behind when the zero bytes go.
        string text = Encoding.Latin1.GetString(start).Replace("\0", "", StringComparison.Ordinal).TrimStart('\u00EF', '\u00BB', '\u00BF', '\u00FE', '\u00FF').TrimStart();
        if (text.StartsWith("<!DOCTYPE html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)) return Kind.Html;
        return text.StartsWith('<') ? Kind.Xml : Kind.Other;
    }
}
