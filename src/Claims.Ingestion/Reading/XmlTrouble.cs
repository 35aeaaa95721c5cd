using System.Globalization;
using System.Xml;

namespace Claims.Ingestion.Reading;

/// <summary>Says what is wrong with an XML file without repeating any of its content, as the XML reader's own messages do.</summary>
internal static class XmlTrouble
{
    // Parts of the XML reader's messages, and the cause each stands for.
    private static readonly (string Part, string Cause)[] Causes =
    [
        ("Unexpected end of file", "the file ends before its elements are closed"),
        ("unclosed literal string", "the file ends inside a value"),
        ("multiple root elements", "a second root element"),
        ("Root element is missing", "no root element"),
        ("root level is invalid", "text outside the root element"),
        ("is an invalid character", "a character that XML does not allow, or bytes that are not valid in the file's encoding"),
        ("0xFDD0, cannot be included in a name", "a character that XML does not allow, or bytes that are not valid in the file's encoding"),
        ("surrogate", "a character that XML does not allow, or bytes that are not valid in the file's encoding"),
        ("does not match the end tag", "an end tag that does not match its start tag"),
        ("Unexpected end tag", "an end tag without a start tag"),
        ("undeclared entity", "an entity that is not declared"),
        ("MaxCharactersFromEntities", "entities that unfold"),
        ("MaxCharactersInDocument", "more characters than allowed"),
        ("undeclared prefix", "a prefix that is not declared"),
        ("duplicate attribute", "an attribute that is given twice"),
        ("XML declaration", "an XML declaration that is not at the start"),
    ];

    public static string Describe(XmlException e, XmlSource? source)
    {
        if (source is { IsBlank: true })
            return "the file is empty";

        if (source is { LooksLikeHtml: true, RootReached: false })
            return "not a claim file: a web page (root html)";

        var cause = "a syntax error";
        foreach (var (part, meaning) in Causes)
        {
            if (e.Message.Contains(part, StringComparison.Ordinal))
            {
                cause = meaning;
                break;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"not well-formed XML at line {Math.Max(e.LineNumber, 1)}, column {Math.Max(e.LinePosition, 1)}: {cause}");
    }

    public static string Describe(PayloadException e, XmlCursor? xml) =>
        xml is null ? e.Message : string.Create(CultureInfo.InvariantCulture, $"{e.Message} (at or after line {Math.Max(xml.Line, 1)}, column {Math.Max(xml.Column, 1)})");
}
