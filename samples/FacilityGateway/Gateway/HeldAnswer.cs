using Microsoft.AspNetCore.Http;

namespace FacilityGateway.Gateway;

/// <summary>Holds back what an endpoint answers, so that it can be altered before it is sent.</summary>
internal static class HeldAnswer
{
    public static async Task<SoapAnswer> TakeAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        var body = response.Body;
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context).ConfigureAwait(false);
            await response.BodyWriter.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            response.Body = body;
        }

        return new SoapAnswer(response.StatusCode, response.ContentType, buffer.ToArray());
    }
}
