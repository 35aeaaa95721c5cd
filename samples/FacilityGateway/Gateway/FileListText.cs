using System.Security;
using System.Text;
using FacilityGateway.Generation;
using FacilityGateway.Xml;

namespace FacilityGateway.Gateway;

/// <summary>The list within an answer, put together by hand as the service does it.</summary>
internal sealed class FileListText(Quirks quirks)
{
    /// <summary>The time that the service shows, that of Dubai.</summary>
    public static TimeSpan UtcOffset { get; } = TimeSpan.FromHours(4);

    /// <returns>The text; <see langword="null"/> if the element is to be missing.</returns>
    public string? Write(string facilityId, IReadOnlyCollection<GatewayFile> files)
    {
        if (files.Count == 0)
        {
            return quirks.NothingFor(facilityId) switch
            {
                Quirks.Nothing.EmptyList => "<Files></Files>",
                Quirks.Nothing.EmptyElement => "",
                _ => null,
            };
        }

        var hasSingleQuotes = quirks.HasSingleQuotes(facilityId);
        var text = new StringBuilder("<Files>");
        foreach (var file in files)
            Write(text, facilityId, file, hasSingleQuotes);

        return text.Append("</Files>").ToString();
    }

    /// <summary>The other party of a file, made up.</summary>
    public static string PartnerOf(GatewayFile file) => $"TPA{1 + (Randomness.HashOf(file.FileId) % 4):000}";

    private void Write(StringBuilder text, string facilityId, GatewayFile file, bool hasSingleQuotes)
    {
        var partner = PartnerOf(file);
        var isSent = file.Direction == TransactionType.Sent;
        text.Append("<File");
        Attribute("FileID", file.FileId);
        Attribute("FileName", Name(file, hasSingleQuotes));
        Attribute("SenderID", isSent ? facilityId : partner);
        Attribute("ReceiverID", isSent ? partner : facilityId);
        Attribute("TransactionDate", Dates.Text(file.UploadedAt.ToOffset(UtcOffset).DateTime));
        Attribute("RecordCount", $"{file.RecordCount}");
        Attribute("IsDownloaded", file.IsDownloaded ? "True" : "False");
        text.Append(" />");

        void Attribute(string name, string value) =>
            text.Append(' ').Append(name).Append(hasSingleQuotes ? "= '" : "=\"").Append(value).Append(hasSingleQuotes ? '\'' : '"');
    }

    /// <summary>The name, escaped. A few get a character that is not: FileID stands before it and stays readable.</summary>
    private string Name(GatewayFile file, bool hasSingleQuotes)
    {
        var name = SecurityElement.Escape(file.FileName);
        return quirks.HasRawName(file.FileId) ? (hasSingleQuotes ? "Payer's " : "A & B ") + name : name;
    }
}
