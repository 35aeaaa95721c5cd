using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;

namespace ReferenceHost.Api.Admin;

/// <summary>A plain page without script and style.</summary>
internal static class SignInPage
{
    public static IResult Show(HttpContext context, IAntiforgery antiforgery, string returnUrl, int status = StatusCodes.Status200OK, string? message = null)
    {
        AntiforgeryTokenSet tokens = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Sign in - claims ingestion</title></head>
            <body><main>
            <h1>Claims ingestion</h1>
            {(message is null ? "" : $"<p role=\"alert\"><strong>{Text(message)}</strong></p>")}
            <p>Sign in to poll, pause, requeue and refresh. Everything that you do is recorded with your name.</p>
            <form method="post" action="{Text($"{context.Request.PathBase}{SignInEndpoints.Path}")}">
            <input type="hidden" name="{Text(tokens.FormFieldName)}" value="{Text(tokens.RequestToken!)}">
            <input type="hidden" name="returnUrl" value="{Text(returnUrl)}">
            <p><label for="name">Your name</label><br><input id="name" name="name" maxlength="100" autocomplete="name"></p>
            <p><label for="key">Key (the setting Admin:ApiKey)</label><br><input id="key" name="key" type="password" required autocomplete="current-password"></p>
            <p><button type="submit">Sign in</button></p>
            </form>
            </main></body>
            </html>
            """,
            "text/html; charset=utf-8", statusCode: status);
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
