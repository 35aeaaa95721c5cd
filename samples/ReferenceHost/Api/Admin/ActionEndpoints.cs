using System.Globalization;
using System.Security.Claims;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Begun = Microsoft.AspNetCore.Http.HttpResults.Results<
    Microsoft.AspNetCore.Http.HttpResults.Accepted<Claims.Ingestion.Diagnostics.OperatorAction>,
    Microsoft.AspNetCore.Http.HttpResults.Ok<Claims.Ingestion.Diagnostics.OperatorAction>,
    Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult>;

namespace ReferenceHost.Api.Admin;

/// <summary>What became of a file that was tried again.</summary>
internal sealed record RequeuedFile(long Id, string Status, string? Kind, int ClaimCount, int LeftOutCount, string? Error);

/// <summary>What operators may do, over http.</summary>
internal static class ActionEndpoints
{
    private const int LongestWait = 60;

    // Days are those of Dubai, as in the reports.
    private static readonly TimeSpan DubaiOffset = TimeSpan.FromHours(4);

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static void MapActions(this WebApplication app)
    {
        RouteGroupBuilder group = app.MapGroup("/admin").RequireAuthorization(AdminSetup.Policy).AddEndpointFilter(AdminFilter.InvokeAsync).WithTags("Admin").DescribeAdmin();
        group.MapPost("/facilities/{id}/poll", PollAsync).WithName("PollFacility").WithSummary("Begins to poll a facility now, also when it is paused.").DescribeTarget("There is no such facility.", isConflict: true);
        group.MapPost("/facilities/{id}/backfill", BackfillAsync).WithName("BackfillFacility")
            .WithSummary("Begins to fetch what a facility had in a range of dates and the ledger does not know; from and to are days in Dubai, both included, or times with their offset, of which the end is not part.")
            .DescribeTarget("There is no such facility.");
        group.MapPost("/facilities/{id}/pause", async (string id, OperatorActions actions, ClaimsPrincipal user, CancellationToken token) => TypedResults.Ok(await actions.PauseAsync(id, By(user), token)))
            .WithName("PauseFacility").WithSummary("Lets the slots of a facility pass, on all hosts and across restarts, until it is resumed.").DescribeTarget("There is no such facility.");
        group.MapPost("/facilities/{id}/resume", async (string id, OperatorActions actions, ClaimsPrincipal user, CancellationToken token) => TypedResults.Ok(await actions.ResumeAsync(id, By(user), token)))
            .WithName("ResumeFacility").WithSummary("Ends the pause of a facility.").DescribeTarget("There is no such facility.");
        group.MapPost("/files/{id}/requeue", RequeueAsync).WithName("RequeueFile")
            .WithSummary("Stores what was not stored of a file, after its cause is mended: the claims that were left out, or a quarantined file as a whole.").DescribeTarget("There is no such file.", isConflict: true);
        group.MapPost("/views/{name}/refresh", RefreshAsync).WithName("RefreshView").WithSummary("Begins to bring a report or view up to date, without blocking its readers.").DescribeTarget("There is no such view.");
        group.MapGet("/actions", ListAsync).WithName("GetActions").WithSummary("What operators asked for and what came of it, newest first.").ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/actions/{id}", FindAsync).WithName("GetAction").WithSummary("What came of an action.").DescribeTarget("There is no such action.");
    }

    private static Task<Begun> PollAsync(string id, HttpContext context, OperatorActions actions, TimeProvider time, CancellationToken token, int wait = 0) =>
        BeginAsync(() => actions.PollAsync(id, By(context.User), token), context, time, wait, token);

    private static async Task<Begun> BackfillAsync(
        string id, HttpContext context, OperatorActions actions, TimeProvider time, CancellationToken token, string? from = null, string? to = null, int wait = 0)
    {
        if (!TryRead(from, isEnd: false, out DateTimeOffset start)) return BadTime("from", from);
        if (!TryRead(to, isEnd: true, out DateTimeOffset end)) return BadTime("to", to);
        return await BeginAsync(() => actions.BackfillAsync(id, start, end, By(context.User), token), context, time, wait, token);
    }

    private static Task<Begun> RefreshAsync(string name, HttpContext context, OperatorActions actions, TimeProvider time, CancellationToken token, int wait = 0) =>
        BeginAsync(() => actions.RefreshViewAsync(name, By(context.User), token), context, time, wait, token);

    private static async Task<Results<Ok<RequeuedFile>, ProblemHttpResult>> RequeueAsync(string id, OperatorActions actions, ClaimsPrincipal user, CancellationToken token)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return Unknown($"There is no file '{id}'; files have numbers, which GET /api/files lists.");
        FileFate fate = await actions.RequeueAsync(number, By(user), token);
        return TypedResults.Ok(new RequeuedFile(
            number, fate.Status.ToString().ToLowerInvariant(), fate.Kind?.ToString().ToLowerInvariant(), fate.Counts.Claims + fate.Counts.RemittanceClaims, fate.Counts.LeftOut, fate.Reason));
    }

    private static async Task<Results<Ok<Page<OperatorAction>>, ProblemHttpResult>> ListAsync(OperatorActions actions, CancellationToken token, string? cursor = null, int limit = 100)
    {
        long? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!Cursor.TryDecode(cursor, out string?[] key) || key is not [{ } last] || !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return Problems.BadCursor();
            before = number;
        }

        if (limit is < 1 or > 1000) return Problems.BadLimit(limit);
        IReadOnlyList<OperatorAction> rows = await actions.GetActionsAsync(before, limit, token);
        return TypedResults.Ok(new Page<OperatorAction>(rows, rows.Count == limit ? Cursor.Encode(rows[^1].Id.ToString(CultureInfo.InvariantCulture)) : null));
    }

    private static async Task<Results<Ok<OperatorAction>, ProblemHttpResult>> FindAsync(string id, OperatorActions actions, CancellationToken token) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < long.MaxValue && await actions.GetActionsAsync(number + 1, 1, token) is [{ } action] && action.Id == number
            ? TypedResults.Ok(action)
            : Unknown($"There is no action '{id}'; GET /admin/actions lists them.");

    /// <summary>What may take minutes is begun, and waited for only as long as the caller asks: a poll of much outlives every patience of a proxy.</summary>
    private static async Task<Begun> BeginAsync(Func<Task<BegunAction>> begin, HttpContext context, TimeProvider time, int wait, CancellationToken token)
    {
        if (wait is < 0 or > LongestWait) return Problems.Bad("wait", string.Create(CultureInfo.InvariantCulture, $"wait is {wait}; it must be from 0 to {LongestWait} seconds."));
        BegunAction begun = await begin();
        if (wait > 0)
        {
            try
            {
                return TypedResults.Ok(await begun.Completion.WaitAsync(TimeSpan.FromSeconds(wait), time, token));
            }
            catch (TimeoutException)
            {
                // It goes on.
            }
        }

        return TypedResults.Accepted(string.Create(CultureInfo.InvariantCulture, $"{context.Request.PathBase}/admin/actions/{begun.Asked.Id}"), begun.Asked);
    }

    private static string By(ClaimsPrincipal user) => user.Identity?.Name ?? AdminKey.DefaultName;

    private static ProblemHttpResult Unknown(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult BadTime(string parameter, string? text) => Problems.Bad(
        parameter, $"{parameter} is {(string.IsNullOrEmpty(text) ? "missing" : $"'{text}'")}; it must be a day such as 2026-01-31, or a time with its offset such as 2026-01-31T08:00Z (a plus sign is written %2B).");

    private static bool TryRead(string? text, bool isEnd, out DateTimeOffset time)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            time = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), DubaiOffset);
            if (isEnd && day < DateOnly.MaxValue) time = time.AddDays(1);
            return day.Year > 1;
        }

        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time) && (text!.EndsWith('Z') || text[^6] is '+' or '-');
    }
}
