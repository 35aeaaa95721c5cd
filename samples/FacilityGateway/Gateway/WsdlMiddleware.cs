using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace FacilityGateway.Gateway;

/// <summary>Corrects SoapCore's WSDL: it puts the elements of a message one level deeper than they are on the wire.</summary>
internal sealed class WsdlMiddleware(RequestDelegate next)
{
    private static readonly XNamespace s_xsd = "http://www.w3.org/2001/XMLSchema";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var answer = await HeldAnswer.TakeAsync(context, next).ConfigureAwait(false);
        var wsdl = Correct(answer.Body);
        context.Response.ContentLength = wsdl.Length;
        await context.Response.Body.WriteAsync(wsdl, context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Correct(byte[] wsdl)
    {
        var document = XDocument.Load(new MemoryStream(wsdl));
        foreach (var element in document.Descendants(s_xsd + "schema").Elements(s_xsd + "element").ToList())
        {
            // An operation's element holds one of the type that it should itself be of; the others only repeat a type's name.
            if (element.Descendants(s_xsd + "element").SingleOrDefault() is { } message)
                element.ReplaceNodes(message.Attribute("type"));
            else
                element.Remove();
        }

        return Encoding.UTF8.GetBytes($"{document.Declaration}{document.ToString(SaveOptions.DisableFormatting)}");
    }
}
