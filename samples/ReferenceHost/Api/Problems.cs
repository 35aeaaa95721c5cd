using Microsoft.AspNetCore.Http.HttpResults;

namespace ReferenceHost.Api;

internal static class Problems
{
    public static ProblemHttpResult BadCursor() =>
        TypedResults.Problem("cursor is not one that this endpoint gave; take it from the field 'next' of the page before, or leave it out.", statusCode: 400);

    public static ProblemHttpResult BadLimit(int limit) => TypedResults.Problem($"limit is {limit}; it must be from 1 to 1000.", statusCode: 400);
}
