using System.Xml;
using Microsoft.AspNetCore.Http;

namespace FacilityGateway.Gateway;

/// <summary>What must be known of a call before the service sees it.</summary>
/// <param name="Operation">Its name; empty if the request does not tell.</param>
/// <param name="Login">The login, as given.</param>
/// <param name="FileId">The file that it names.</param>
internal sealed record SoapCall(string Operation, string? Login, string? FileId)
{
    /// <summary>Reads the body, which can be read again after it.</summary>
    /// <exception cref="XmlException">It is no XML.</exception>
    public static async Task<SoapCall> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        request.EnableBuffering();
        var operation = request.Headers["SOAPAction"].ToString().Trim().Trim('"').Split('/')[^1];
        string? login = null;
        string? fileId = null;
        var isBody = false;
        using (var reader = XmlReader.Create(request.Body, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, CloseInput = false }))
        {
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.NodeType is not XmlNodeType.Element)
                    continue;

                if (reader.Depth == 1)
                    isBody = reader.LocalName == "Body";
                else if (isBody && reader.Depth == 2 && operation.Length == 0)
                    operation = reader.LocalName;
                else if (isBody && reader.Depth == 3 && reader.LocalName is "login" or "fileId" or "fieldId")
                    Keep(reader.LocalName, await TextAsync(reader).ConfigureAwait(false));
            }
        }

        request.Body.Position = 0;
        return new SoapCall(operation, login, fileId);

        void Keep(string element, string text)
        {
            if (element == "login")
                login = text;
            else if (text.Length > 0)
                fileId = text;
        }
    }

    private static async Task<string> TextAsync(XmlReader reader)
    {
        // Not ReadElementContentAsStringAsync: it moves on to the next element, which the loop would then miss.
        if (reader.IsEmptyElement || !await reader.ReadAsync().ConfigureAwait(false) || reader.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA))
            return "";

        return await reader.GetValueAsync().ConfigureAwait(false);
    }
}
