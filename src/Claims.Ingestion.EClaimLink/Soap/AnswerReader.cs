using System.Globalization;
using System.ServiceModel.Channels;
using System.Text;
using System.Xml;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>Reads the gateway's answers by local name: elements may be missing, empty, nil or unknown.</summary>
internal sealed class AnswerReader(IOptions<PipelineOptions> budgets, IOptions<ReadingOptions> reading)
{
    /// <summary>The most bytes that the answer with an allowed file may take: base64 with line breaks, and the envelope.</summary>
    public long MaxDownloadBytes => (reading.Value.MaxFileBytes / 3 * 5) + (1024 * 1024);

    public async Task<Answer> ReadAsync(Message message, string operation, CancellationToken cancellationToken)
    {
        if (message.IsFault) throw CallErrors.Fault(MessageFault.CreateFault(message, 64 * 1024).Code.Name);
        using XmlDictionaryReader reader = message.GetReaderAtBodyContents();
        if (reader.LocalName != operation + "Response") throw CallErrors.Unreadable();
        int? code = null;
        string? list = null;
        FetchedContent? file = null;
        try
        {
            int depth = reader.Depth + 1;
            reader.Read();
            while (reader.NodeType != XmlNodeType.EndElement && !reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Depth != depth)
                {
                    reader.Read();
                    continue;
                }

                string name = reader.LocalName;
                if (name == operation + "Result")
                {
                    code = ParseCode(ReadText(reader));
                }
                else if (name is "xmlTransaction" or "xmlTransactions" or "foundTransactions")
                {
                    string text = ReadText(reader);
                    if (string.IsNullOrEmpty(list)) list = text;
                }
                else if (name == "file" && file is null)
                {
                    file = await DecodeAsync(reader, cancellationToken);

                    // The reader stands within a file that was cut off, so the rest is not looked at.
                    if (file?.Length > reading.Value.MaxFileBytes) break;
                }
                else
                {
                    reader.Skip();
                }
            }

            var answer = new Answer(code ?? throw CallErrors.Unreadable(), list, file);
            file = null;
            return answer;
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Decodes up to one byte beyond the limit, by which the pipeline can tell that the file is too large, and quarantines it.</summary>
    private async Task<FetchedContent?> DecodeAsync(XmlDictionaryReader reader, CancellationToken cancellationToken)
    {
        if (reader.GetAttribute("nil", XmlSchemaInstance) is "true" or "1")
        {
            reader.Skip();
            return null;
        }

        PipelineOptions limits = budgets.Value;
        await using var bytes = new Base64Stream(reader);
        FetchedContent content = await FetchedContent.FetchAsync(
            bytes, reading.Value.MaxFileBytes + 1, limits.MaxBytesInMemory, limits.SpoolDirectory ?? Path.GetTempPath(), cancellationToken);
        if (content.Length <= reading.Value.MaxFileBytes) reader.Read();
        return content;
    }

    private const string XmlSchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    private static int ParseCode(string text) =>
        int.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code) ? code : throw CallErrors.Unreadable();

    /// <summary>The text of an element, also when the list within it came as markup instead of text.</summary>
    private static string ReadText(XmlDictionaryReader reader)
    {
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return "";
        }

        var text = new StringBuilder();
        reader.Read();
        while (reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                text.Append(reader.ReadOuterXml());
                continue;
            }

            if (reader.NodeType != XmlNodeType.Comment) text.Append(reader.Value);
            reader.Read();
        }

        reader.Read();
        return text.ToString();
    }
}
