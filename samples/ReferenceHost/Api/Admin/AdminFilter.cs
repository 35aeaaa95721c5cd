using Claims.Ingestion.Diagnostics;

namespace ReferenceHost.Api.Admin;

/// <summary>What holds for every endpoint that acts.</summary>
internal static class AdminFilter
{
    public static async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        if (!AdminKey.IsName(AdminKeyHandler.OperatorOf(http.Request)))
            return Problems.Bad(AdminKeyHandler.OperatorHeader, $"{AdminKeyHandler.OperatorHeader} is not a name; it may have up to 100 printable characters.");
        if (!HttpMethods.IsGet(http.Request.Method) && !http.User.Identities.Any(i => i.AuthenticationType == AdminSetup.KeyScheme) && !IsOwnPage(http.Request)) return AdminProblems.OtherOrigin();
        try
        {
            return await next(context);
        }
        catch (OperatorActionException exception)
        {
            return AdminProblems.Of(exception);
        }
    }

    /// <summary>
    /// Whether a browser sends it from a page of this host. The cookie is not sent by pages of other sites (SameSite=Strict), but by those of other hosts and ports of the same site; so browsers have to say where it comes from, which they
    /// do with each POST, and which no page can forge.
    /// </summary>
    public static bool IsOwnPage(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "same-origin" => true,
        "" => Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out Uri? origin) && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
