namespace FacilityGateway.Gateway;

/// <summary>What can go wrong with a call.</summary>
public enum GatewayFault
{
    /// <summary>Nothing but the rule's delay.</summary>
    Delay,

    /// <summary>No answer until the client gives up or the rule is removed; then as if nothing was.</summary>
    Hang,

    /// <summary>Half of the real answer, of a download half of the base64; then the connection breaks.</summary>
    DropMidBody,

    /// <summary>HTTP 500 with a page that is no SOAP.</summary>
    Http500,

    /// <summary>HTTP 503 with an HTML page.</summary>
    Http503,

    /// <summary>HTTP 500 with a SOAP fault.</summary>
    SoapFault,

    /// <summary>The rule's result code, and nothing is done.</summary>
    Result,

    /// <summary>Result -1.</summary>
    WrongPassword,

    /// <summary>HTTP 200 with random bytes as text/xml.</summary>
    Garbage,

    /// <summary>A download whose base64 ends early, at a length that is no multiple of 4.</summary>
    TruncatedBase64,

    /// <summary>A listing with each entry twice.</summary>
    DuplicatedListing,

    /// <summary>A download that answers -6, although the file is listed.</summary>
    ListedThenGone,
}
