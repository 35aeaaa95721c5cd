using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReferenceHost.Api.Admin;

/// <summary>Signs browsers in with the key.</summary>
internal static class SignInEndpoints
{
    public const string Path = "/admin/sign-in";

    public static void MapSignIn(this WebApplication app)
    {
        RouteGroupBuilder group = app.MapGroup("/admin").ExcludeFromDescription();
        group.AddEndpointFilter(async (context, next) => context.HttpContext.RequestServices.GetRequiredService<AdminKey>().IsSet ? await next(context) : AdminProblems.Off());
        group.MapGet("/sign-in", (HttpContext context, IAntiforgery antiforgery, string? returnUrl = null) => SignInPage.Show(context, antiforgery, Local(context, returnUrl)));

        // The forms are read here, and their tokens checked: the user is to see the page again.
        group.MapPost("/sign-in", SignInAsync);
        group.MapPost("/sign-out", (Delegate)SignOutAsync);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, AdminKey key, ILogger<AdminKey> logger)
    {
        if (!context.Request.HasFormContentType) return Problems.Bad("key", "The form of /admin/sign-in is expected; programs send the key in the header X-Api-Key instead.");
        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string returnUrl = Local(context, form["returnUrl"]);
        if (!await antiforgery.IsRequestValidAsync(context)) return Again(StatusCodes.Status400BadRequest, "The page was open for too long, or cookies are blocked. Try again.");
        string? name = form["name"];
        if (!AdminKey.IsName(name)) return Again(StatusCodes.Status400BadRequest, "A name may have up to 100 printable characters.");
        switch (key.Check(form["key"].ToString(), context.Connection.RemoteIpAddress))
        {
            case KeyVerdict.Limited:
                AdminProblems.TellWhen(context.Response);
                return Again(StatusCodes.Status429TooManyRequests, "Too many wrong keys came from this address. Try again in a minute.");
            case KeyVerdict.Wrong:
                return Again(StatusCodes.Status401Unauthorized, "This is not the key.");
        }

        ClaimsPrincipal user = key.ToPrincipal(name, AdminSetup.CookieScheme);
        await context.SignInAsync(AdminSetup.CookieScheme, user);
        logger.SignedIn(user.Identity!.Name!, context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        return TypedResults.LocalRedirect(returnUrl);

        IResult Again(int status, string message) => SignInPage.Show(context, antiforgery, returnUrl, status, message);
    }

    private static async Task<Results<RedirectHttpResult, ProblemHttpResult>> SignOutAsync(HttpContext context)
    {
        if (!AdminFilter.IsOwnPage(context.Request)) return AdminProblems.OtherOrigin();
        await context.SignOutAsync(AdminSetup.CookieScheme);
        return TypedResults.LocalRedirect(Home(context));
    }

    /// <summary>Nobody is sent to another site from here.</summary>
    private static string Local(HttpContext context, string? returnUrl) => RedirectHttpResult.IsLocalUrl(returnUrl) ? returnUrl : Home(context);

    private static string Home(HttpContext context) => $"{context.Request.PathBase}/";
}
