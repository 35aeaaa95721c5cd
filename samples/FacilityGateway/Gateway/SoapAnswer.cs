using System.Net.Mime;
using System.Security;
using System.Text;
using FacilityGateway.Gateway.Soap;
using Microsoft.AspNetCore.Http;

namespace FacilityGateway.Gateway;

/// <summary>What goes back to the client.</summary>
internal sealed record SoapAnswer(int Status, string? ContentType, byte[] Body)
{
    private const string Xml = "text/xml; charset=utf-8";

    /// <summary>How much of the body is sent. Less than all makes the server close the connection, as it has announced more.</summary>
    public int SentLength { get; init; } = Body.Length;

    /// <summary>An answer of the service with nothing but a result code.</summary>
    public static SoapAnswer Result(string operation, int code) => new(
        StatusCodes.Status200OK,
        Xml,
        Envelope($"""<{operation}Response xmlns="{IValidateTransactions.Namespace}"><{operation}Result>{code}</{operation}Result><errorMessage>{ResultCode.TextOf(code)}</errorMessage></{operation}Response>"""));

    public static SoapAnswer Fault(string side, string text) => new(
        StatusCodes.Status500InternalServerError,
        Xml,
        Envelope($"<soap:Fault><faultcode>soap:{side}</faultcode><faultstring>{SecurityElement.Escape(text)}</faultstring><detail /></soap:Fault>"));

    public static SoapAnswer Page(int status, string text) => new(
        status,
        MediaTypeNames.Text.Html,
        Encoding.UTF8.GetBytes($"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"));

    public static SoapAnswer Bytes(byte[] bytes) => new(StatusCodes.Status200OK, Xml, bytes);

    public SoapAnswer WithBody(byte[] body) => new(Status, ContentType, body);

    private static byte[] Envelope(string body) => Encoding.UTF8.GetBytes(
        $"""<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{body}</soap:Body></soap:Envelope>""");
}
