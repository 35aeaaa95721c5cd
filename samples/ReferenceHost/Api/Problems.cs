using Microsoft.AspNetCore.Http.HttpResults;

namespace ReferenceHost.Api;

internal static class Problems
{
    public const string UnknownCursor = "cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.";

    public static ProblemHttpResult BadCursor() => Bad("cursor", UnknownCursor);

    public static ProblemHttpResult BadLimit(int limit) => Bad("limit", $"limit is {limit}; it must be from 1 to 1000.");

    /// <summary>A parameter is not what it must be; programs find its name in the field <c>parameter</c>.</summary>
    public static ProblemHttpResult Bad(string parameter, string reason) =>
        TypedResults.Problem(reason, statusCode: StatusCodes.Status400BadRequest, extensions: new Dictionary<string, object?> { ["parameter"] = parameter });
}
