using System.Globalization;
using Claims.Ingestion.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReferenceHost.Api.Admin;

/// <summary>Why an action is refused, as problem documents that say what to do.</summary>
internal static class AdminProblems
{
    public static ProblemHttpResult Off() => TypedResults.Problem(
        "Actions are off, because no key is set. Set Admin:ApiKey (environment variable Admin__ApiKey) to one of at least 16 characters, and restart the host.", statusCode: StatusCodes.Status403Forbidden);

    public static ProblemHttpResult NoKey() => TypedResults.Problem(
        $"This needs a key: send Admin:ApiKey of the host's settings in the header {AdminKeyHandler.KeyHeader}, or sign in at /admin/sign-in.", statusCode: StatusCodes.Status401Unauthorized);

    public static ProblemHttpResult WrongKey() => TypedResults.Problem(
        $"The key in the header {AdminKeyHandler.KeyHeader} is not the one of the host's setting Admin:ApiKey.", statusCode: StatusCodes.Status401Unauthorized);

    public static ProblemHttpResult TooManyAttempts(HttpResponse response)
    {
        TellWhen(response);
        return TypedResults.Problem("Too many wrong keys came from this address; try again in a minute.", statusCode: StatusCodes.Status429TooManyRequests);
    }

    /// <summary>Says when to try again.</summary>
    public static void TellWhen(HttpResponse response) => response.Headers.RetryAfter = AdminKey.Pause.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    public static ProblemHttpResult OtherOrigin() => TypedResults.Problem(
        "The request comes from another site, so the sign-in does not count for it. Act from the pages of this host, or send the key in the header.", statusCode: StatusCodes.Status403Forbidden);

    public static ProblemHttpResult Of(OperatorActionException exception) => TypedResults.Problem(exception.Message, statusCode: exception.Refusal switch
    {
        OperatorRefusal.Unknown => StatusCodes.Status404NotFound,
        OperatorRefusal.Invalid => StatusCodes.Status400BadRequest,
        OperatorRefusal.NotPossible => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status503ServiceUnavailable,
    });
}
