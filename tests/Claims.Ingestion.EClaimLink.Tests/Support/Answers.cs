using System.Security;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Claims.Ingestion.EClaimLink.Tests.Support;

/// <summary>Answers in the shape of the live service.</summary>
internal static class Answers
{
    public const string Fault = """
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>Server was unable to process request. ---&gt; planted fault text</faultstring><detail /></soap:Fault></soap:Body></soap:Envelope>
        """;

    public static string Envelope(string operation, string children) => $"""
        <?xml version="1.0" encoding="utf-8"?>
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><{operation}Response xmlns="http://www.eClaimLink.ae/">{children}</{operation}Response></soap:Body></soap:Envelope>
        """;

    public static string Response(string operation, int code, string children = "") =>
        Envelope(operation, $"<{operation}Result>{code}</{operation}Result>{children}<errorMessage>planted message</errorMessage>");

    public static string New(int code, string list) => Response("GetNewTransactions", code, $"<xmlTransaction>{SecurityElement.Escape(list)}</xmlTransaction>");

    public static string Found(int code, string list) => Response("SearchTransactions", code, $"<foundTransactions>{SecurityElement.Escape(list)}</foundTransactions>");

    public static string File(byte[] bytes) => File(Convert.ToBase64String(bytes));

    public static string File(string base64) => Response("DownloadTransactionFile", 0, $"<fileName>a.xml</fileName><file>{base64}</file>");

    public static string List(params string[] ids) =>
        $"<Files>{string.Concat(ids.Select(id => $"""<File FileID="{id}" FileName="{id}.xml" SenderID="S" ReceiverID="R" TransactionDate="01/02/2031 03:04" RecordCount="1" IsDownloaded="False" />"""))}</Files>";

    public static async Task AnswerAsync(HttpContext context, string text, int status = 200, string contentType = "text/xml; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Sends half of an answer and drops the connection.</summary>
    public static async Task DropAsync(HttpContext context, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.ContentType = "text/xml; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }
}
