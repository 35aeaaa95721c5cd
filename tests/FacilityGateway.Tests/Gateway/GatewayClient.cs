using System.Net;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

/// <summary>A facility that calls the gateway with envelopes written by hand.</summary>
internal sealed class GatewayClient(Uri address, string login, string password) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    public GatewayClient(GatewayServer server, int facility = 0)
        : this(server.Address, server.Accounts[facility].Login, server.Accounts[facility].Password)
    {
    }

    public Task<Answer> GetNewAsync() => CallAsync(GatewayOperation.GetNewTransactions);

    public Task<Answer> SearchAsync(
        int direction = 1, int transactionId = 2, int status = 1, string from = "", string to = "", int min = -1, int max = -1, string name = "") =>
        CallAsync(GatewayOperation.SearchTransactions, $"""
            <direction>{direction}</direction>
            <callerLicense></callerLicense>
            <ePartner></ePartner>
            <transactionID>{transactionId}</transactionID>
            <TransactionStatus>{status}</TransactionStatus>
            <transactionFileName>{SecurityElement.Escape(name)}</transactionFileName>
            <transactionFromDate>{from}</transactionFromDate>
            <transactionToDate>{to}</transactionToDate>
            <minRecordCount>{min}</minRecordCount>
            <maxRecordCount>{max}</maxRecordCount>
            """);

    public Task<Answer> DownloadAsync(string fileId) => CallAsync(GatewayOperation.DownloadTransactionFile, $"<fileId>{fileId}</fileId>");

    public Task<Answer> SetDownloadedAsync(string fileId, string element = "fileId") =>
        CallAsync(GatewayOperation.SetTransactionDownloaded, $"<{element}>{fileId}</{element}>");

    /// <summary>Calls with login and password, and reads an answer that must be one of the service.</summary>
    public async Task<Answer> CallAsync(string operation, string elements = "")
    {
        using var response = await SendAsync(operation, Signed(elements));
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode is HttpStatusCode.OK, $"{response.StatusCode}: {text}");
        Assert.Equal("text/xml; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        return new Answer(operation, XDocument.Parse(text, LoadOptions.PreserveWhitespace));
    }

    public string Signed(string elements) => $"<login>{login}</login><pwd>{SecurityElement.Escape(password)}</pwd>{elements}";

    /// <summary>Sends a body of your own.</summary>
    public Task<HttpResponseMessage> SendAsync(string operation, string elements, CancellationToken? cancellationToken = null) =>
        SendEnvelopeAsync(
            $"http://www.eClaimLink.ae/{operation}",
            $"""<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{operation} xmlns="http://www.eClaimLink.ae/">{elements}</{operation}></soap:Body></soap:Envelope>""",
            cancellationToken);

    public async Task<HttpResponseMessage> SendEnvelopeAsync(string action, string envelope, CancellationToken? cancellationToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(envelope, Encoding.UTF8, "text/xml") };
        if (action.Length > 0)
            request.Headers.Add("SOAPAction", $"\"{action}\"");

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An answer of the service.</summary>
internal sealed partial class Answer(string operation, XDocument document)
{
    private static readonly XNamespace s_namespace = "http://www.eClaimLink.ae/";

    private readonly XElement _response = document.Descendants(s_namespace + $"{operation}Response").Single();

    public IEnumerable<string> ElementNames => _response.Elements().Select(element => element.Name.LocalName);

    public int Result => int.Parse(this[$"{operation}Result"]!, System.Globalization.CultureInfo.InvariantCulture);

    public string? List => this["xmlTransaction"] ?? this["foundTransactions"];

    /// <summary>The ids in the list, found as a forgiving client finds them.</summary>
    public IReadOnlyList<string> FileIds => [.. FileId().Matches(List ?? "").Select(match => match.Groups[1].Value)];

    public byte[] File => Convert.FromBase64String(this["file"]!);

    public string? this[string element] => _response.Element(s_namespace + element)?.Value;

    [GeneratedRegex("""<File FileID\s*=\s*["']([^"']+)["']""")]
    private static partial Regex FileId();
}
