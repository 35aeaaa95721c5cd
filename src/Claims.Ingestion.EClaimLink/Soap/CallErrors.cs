using System.Net;
using System.Net.Http.Headers;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The texts of what can go wrong between here and the gateway. None repeats anything that was sent or received.</summary>
internal static class CallErrors
{
    /// <summary>No answer came back at all.</summary>
    public static GatewayCallException NotAnswered(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => new("connection", "the host name of its address is not known; check the facility's Endpoint and the name server", true),
        HttpRequestError.SecureConnectionError => new("tls", "no secure connection came about; check the certificates and the TLS settings of the HTTP client " + EClaimLinkOptions.HttpClientName, true),
        HttpRequestError.ProxyTunnelError => new("connection", "the proxy refused the way; check the proxy settings", true),
        HttpRequestError.ResponseEnded => Dropped(),
        HttpRequestError.Unknown when exception.InnerException is IOException => Dropped(),
        _ => new("connection", "the gateway cannot be reached; check the network, the firewall and the facility's Endpoint", true),
    };

    public static GatewayCallException Dropped() =>
        new("dropped", "the connection was dropped before the whole answer had come; if it happens often, ask the gateway's operator", true);

    public static GatewayCallException Status(HttpStatusCode status, bool isHtml)
    {
        int code = (int)status;
        string what = isHtml ? $"HTTP {code} with an HTML page" : $"HTTP {code}";
        return code switch
        {
            >= 500 => new($"http_{code}", $"the gateway answered {what}: it is out of order or in maintenance; if it lasts, ask its operator", true),
            408 or 429 => new($"http_{code}", $"the gateway answered {what}: it wants fewer calls; lower the downloads at once or poll less often", true),
            401 or 403 => new($"http_{code}", $"the gateway answered {what}: a firewall or proxy refuses this machine; have its address allowed", false),
            404 => new($"http_{code}", $"the gateway answered {what}: there is no service at this address; check the facility's Endpoint", false),
            >= 300 and < 400 => new($"http_{code}", $"the gateway answered {what}: it points to another address, which is not followed because the password would go there; check the facility's Endpoint", false),
            _ => new($"http_{code}", $"the gateway answered {what}; check the facility's Endpoint", false),
        };
    }

    public static GatewayCallException Html() =>
        new("html", "an HTML page came instead of a SOAP answer: a maintenance page, or a proxy's; open the address in a browser to see it", true);

    public static GatewayCallException Empty() => new("empty", "the answer was empty; if it happens often, ask the gateway's operator", true);

    public static GatewayCallException WrongType(MediaTypeHeaderValue? type) =>
        new("type", $"the answer is of the type '{(type?.MediaType is { Length: < 80 } known ? known : "unknown")}' instead of text/xml; check that the facility's Endpoint is the address of the SOAP service", true);

    public static GatewayCallException Unreadable() =>
        new("unreadable", "the answer is not a readable SOAP envelope, or it is cut off; if it happens often, ask the gateway's operator", true);

    public static GatewayCallException TooLarge(long maxBytes) =>
        new("too_large", $"the answer is larger than {maxBytes} bytes; raise Claims:EClaimLink:MaxListingBytes for a listing, Claims:Reading:MaxFileBytes for a file", false);

    public static GatewayCallException DamagedFile() =>
        new("damaged_file", "the base64 of the file is cut off or damaged; the next poll asks for it again", false, isDamaged: true);

    public static GatewayCallException Fault(string code) => IsServerFault(code)
        ? new("fault", "the gateway answered with a SOAP fault of its own (Server): an error inside it; if it lasts, ask its operator", true)
        : new("fault", "the gateway answered with a SOAP fault that blames the request (Client): check that the facility's Endpoint is this service, and its version", false);

    public static GatewayCallException Timeout(TimeSpan timeout) =>
        new("timeout", $"no whole answer came within {timeout}; if it happens often, raise Claims:EClaimLink:AttemptTimeout or lower the downloads at once", true);

    public static GatewayCallException NotKept(string error) =>
        new("spool", $"the answer could not be kept in a temporary file ({error}); check Claims:Pipeline:SpoolDirectory and its free space", false);

    private static bool IsServerFault(string code) => code is "Server" or "Receiver" || code.StartsWith("Server.", StringComparison.Ordinal);
}
