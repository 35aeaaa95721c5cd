using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ReferenceHost.Demo;
using ReferenceHost.Tests.Api.Reports;

namespace ReferenceHost.Tests.Api.Admin;

/// <summary>What operators may do over http, with the key and without.</summary>
public sealed class ActionTests(AdminFixture fixture) : IClassFixture<AdminFixture>, IDisposable
{
    private const string Report = "mv_balance_amount_summary";

    private static readonly string[] Posts =
        ["/admin/facilities/FAC-1/poll", "/admin/facilities/FAC-1/pause", "/admin/facilities/FAC-1/resume", "/admin/facilities/FAC-1/backfill?from=2026-01-01&to=2026-01-02", "/admin/files/1/requeue", $"/admin/views/{Report}/refresh"];

    private readonly HttpClient _http = fixture.Caller();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task EveryEndpoint_WithoutAKeyOrWithAWrongOne_IsRefusedAndChangesNothing()
    {
        long before = await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM claims.operator_action");
        using HttpClient guesser = fixture.Caller("127.0.0.2");
        foreach (string path in Posts)
        {
            await AssertProblemAsync(await SendAsync(_http, HttpMethod.Post, path, key: null), HttpStatusCode.Unauthorized, "This needs a key: send Admin:ApiKey of the host's settings in the header X-Api-Key, or sign in at /admin/sign-in.");
            await AssertProblemAsync(await SendAsync(guesser, HttpMethod.Post, path, key: "a-key-of-enough-characterz"), HttpStatusCode.Unauthorized, "The key in the header X-Api-Key is not the one of the host's setting Admin:ApiKey.");
        }

        foreach (string path in new[] { "/admin/actions", "/admin/actions/1" })
            await AssertProblemAsync(await SendAsync(_http, HttpMethod.Get, path, key: null), HttpStatusCode.Unauthorized, "This needs a key");
        Assert.Equal(before, await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM claims.operator_action"));
    }

    [Fact]
    public async Task EveryEndpoint_NoKeyIsSet_SaysThatActionsAreOffAndHowToTurnThemOn()
    {
        await using ReportHost off = await fixture.StartAsync();
        foreach ((HttpMethod method, string path) in Posts.Select(p => (HttpMethod.Post, p)).Concat([(HttpMethod.Get, "/admin/actions"), (HttpMethod.Get, "/admin/sign-in"), (HttpMethod.Post, "/admin/sign-in"), (HttpMethod.Post, "/admin/sign-out")]))
        {
            await AssertProblemAsync(
                await SendAsync(off.Http, method, path, AdminFixture.Key), HttpStatusCode.Forbidden,
                "Actions are off, because no key is set. Set Admin:ApiKey (environment variable Admin__ApiKey) to one of at least 16 characters, and restart the host.");
        }
    }

    [Fact]
    public async Task Host_KeyThatIsShort_DoesNotStartAndSaysWhy()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => fixture.StartAsync(("Admin:ApiKey", "fifteen-letters")));

        Assert.Equal(
            $"The configuration is not valid:{Environment.NewLine}  Admin:ApiKey has 15 characters; it must have at least 16, for example those of 'openssl rand -base64 24', or be left out to keep actions off.",
            StartupFailure.Describe(refusal));
    }

    [Fact]
    public async Task Guesses_OfOneAddress_AreLimitedAndOthersAreNot()
    {
        using HttpClient guesser = fixture.Caller("127.0.0.3"), other = fixture.Caller("127.0.0.4");
        for (int i = 0; i < 10; i++) await AssertProblemAsync(await SendAsync(guesser, HttpMethod.Get, "/admin/actions", $"guess-{i}"), HttpStatusCode.Unauthorized, "The key in the header");

        // The right one too: who guesses is not told that it was right.
        foreach (string key in new[] { "guess-11", AdminFixture.Key })
        {
            HttpResponseMessage limited = await SendAsync(guesser, HttpMethod.Get, "/admin/actions", key);
            Assert.Equal("60", limited.Headers.GetValues("Retry-After").Single());
            await AssertProblemAsync(limited, HttpStatusCode.TooManyRequests, "Too many wrong keys came from this address; try again in a minute.");
        }

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(other, HttpMethod.Get, "/admin/actions")).StatusCode);
    }

    [Theory]
    [InlineData("/admin/facilities/FAC-9/poll", "There is no facility FAC-9; see the list of facilities for their ids.")]
    [InlineData("/admin/facilities/FAC-9/pause", "There is no facility FAC-9; see the list of facilities for their ids.")]
    [InlineData("/admin/facilities/FAC-9/resume", "There is no facility FAC-9; see the list of facilities for their ids.")]
    [InlineData("/admin/facilities/FAC-9/backfill?from=2026-01-01&to=2026-01-02", "There is no facility FAC-9; see the list of facilities for their ids.")]
    [InlineData("/admin/files/9/requeue", "There is no file 9 in the ledger; see the list of files for the numbers.")]
    [InlineData("/admin/files/nine/requeue", "There is no file 'nine'; files have numbers, which GET /api/files lists.")]
    [InlineData("/admin/views/mv_other/refresh", "There is no view 'mv_other'; there are mv_balance_amount_summary, mv_remittance_advice_summary, mv_claim_summary_payerwise.")]
    public async Task Post_UnknownTarget_SaysWhatToDo(string path, string detail) => await AssertProblemAsync(await SendAsync(_http, HttpMethod.Post, path), HttpStatusCode.NotFound, detail);

    [Theory]
    [InlineData("/admin/facilities/FAC-1/poll?wait=61", "wait is 61; it must be from 0 to 60 seconds.")]
    [InlineData("/admin/facilities/FAC-1/backfill?to=2026-01-02", "from is missing; it must be a day")]
    [InlineData("/admin/facilities/FAC-1/backfill?from=2026-01-01&to=tomorrow", "to is 'tomorrow'; it must be a day")]
    [InlineData("/admin/facilities/FAC-1/backfill?from=2026-01-01T08:00&to=2026-01-02", "from is '2026-01-01T08:00'; it must be a day")]
    [InlineData("/admin/facilities/FAC-1/backfill?from=2026-01-03&to=2026-01-01", "The range from 2026-01-02 20:00:00Z to 2026-01-01 20:00:00Z is empty")]
    public async Task Post_BadParameter_IsNamed(string path, string detail) => await AssertProblemAsync(await SendAsync(_http, HttpMethod.Post, path), HttpStatusCode.BadRequest, detail);

    [Fact]
    public async Task Post_OperatorThatIsNoName_IsRefused() => await AssertProblemAsync(
        await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-1/pause", by: new string('x', 101)), HttpStatusCode.BadRequest, "X-Operator is not a name");

    [Fact]
    public async Task PollThenMendThenRequeueThenRefresh_StoresTheFileAndShowsItsClaims()
    {
        await fixture.Database.ExecuteAsync("ALTER TABLE claims.claim ADD CONSTRAINT net_small CHECK (net < 2)");
        await fixture.PutAsync("FAC-1", "mended");

        JsonElement poll = await JsonAsync(await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-1/poll?wait=30", by: "Ann A."));
        Assert.Equal(("Ann A.", "poll", "FAC-1", "1 files stored, 0 quarantined, 0 skipped, 0 left for the next poll; 1 claims"), (Text(poll, "by"), Text(poll, "action"), Text(poll, "target"), Text(poll, "outcome")));
        long file = await fixture.Database.ScalarAsync<long>("SELECT id FROM claims.claim_file WHERE name = 'mended.xml'");

        JsonElement still = await JsonAsync(await SendAsync(_http, HttpMethod.Post, $"/admin/files/{file}/requeue"));
        Assert.Equal((1, 1), (still.GetProperty("claimCount").GetInt32(), still.GetProperty("leftOutCount").GetInt32()));
        await fixture.Database.ExecuteAsync("ALTER TABLE claims.claim DROP CONSTRAINT net_small");
        JsonElement mended = await JsonAsync(await SendAsync(_http, HttpMethod.Post, $"/admin/files/{file}/requeue"));
        Assert.Equal(("stored", "submission", 2, 0), (Text(mended, "status"), Text(mended, "kind"), mended.GetProperty("claimCount").GetInt32(), mended.GetProperty("leftOutCount").GetInt32()));
        Assert.Equal(["(mended-1)", "(mended-2)"], await fixture.Database.RowsAsync("SELECT claim_id FROM claims.claim ORDER BY 1"));
        await AssertProblemAsync(await SendAsync(_http, HttpMethod.Post, $"/admin/files/{file}/requeue"), HttpStatusCode.Conflict, "The file cannot be stored again: there is nothing to replay");

        Assert.Equal(2, (await fixture.Host.JsonAsync("/api/reports/balance-amount")).GetProperty("waitingClaims").GetInt32());
        JsonElement refresh = await JsonAsync(await SendAsync(_http, HttpMethod.Post, $"/admin/views/{Report}/refresh?wait=60"));
        Assert.StartsWith("refreshed in ", Text(refresh, "outcome"), StringComparison.Ordinal);
        JsonElement report = await fixture.Host.JsonAsync("/api/reports/balance-amount");
        Assert.Equal((0, 2), (report.GetProperty("waitingClaims").GetInt32(), report.GetProperty("rows").GetArrayLength()));

        Assert.Equal(
            [$"(poll,FAC-1,\"Ann A.\",t,f)", $"(requeue,{file},\"api key\",t,f)", $"(requeue,{file},\"api key\",t,f)", $"(requeue,{file},\"api key\",f,t)", $"(refresh,{Report},\"api key\",t,f)"],
            await fixture.Database.RowsAsync($"SELECT action, target, by_whom, outcome IS NOT NULL, error IS NOT NULL FROM claims.operator_action WHERE id BETWEEN {poll.GetProperty("id").GetInt64()} AND {refresh.GetProperty("id").GetInt64()} AND target IN ('FAC-1', '{file}', '{Report}') AND by_whom <> 'Zoe' ORDER BY id"));
    }

    [Fact]
    public async Task Poll_WithoutWaiting_IsAcceptedAndItsOutcomeIsFoundLater()
    {
        HttpResponseMessage accepted = await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-2/poll", by: "Zoe");
        JsonElement asked = await accepted.Content.ReadFromJsonAsync<JsonElement>(Token);

        Assert.Equal((HttpStatusCode.Accepted, $"/admin/actions/{asked.GetProperty("id").GetInt64()}"), (accepted.StatusCode, accepted.Headers.Location!.OriginalString));
        JsonElement now;
        do now = await JsonAsync(await SendAsync(_http, HttpMethod.Get, accepted.Headers.Location.OriginalString));
        while (now.GetProperty("endedAt").ValueKind == JsonValueKind.Null);
        Assert.Equal((JsonValueKind.Null, "Zoe"), (now.GetProperty("error").ValueKind, Text(now, "by")));
        await AssertProblemAsync(await SendAsync(_http, HttpMethod.Get, "/admin/actions/999999"), HttpStatusCode.NotFound, "There is no action '999999'; GET /admin/actions lists them.");
    }

    [Fact]
    public async Task Backfill_SourceThatCannotListARange_SaysSo()
    {
        JsonElement backfill = await JsonAsync(await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-2/backfill?from=2026-01-01&to=2026-01-01&wait=30"));

        Assert.Equal("FAC-2 from 2025-12-31 20:00 to 2026-01-01 20:00 UTC", Text(backfill, "target"));
        Assert.Contains("The back-fill ended at 2025-12-31 20:00:00Z", Text(backfill, "error"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_OfOneHost_IsKnownToTheNextUntilItIsResumed()
    {
        Assert.Equal("paused until it is resumed", Text(await JsonAsync(await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-2/pause")), "outcome"));

        await using (ReportHost next = await fixture.StartAsync(("Claims:Scheduling:Enabled", "true"), ("Admin:ApiKey", AdminFixture.Key)))
        {
            await UntilPausedAsync(next, true);
            Assert.Equal("resumed", Text(await JsonAsync(await SendAsync(next.Http, HttpMethod.Post, "/admin/facilities/FAC-2/resume")), "outcome"));
            await UntilPausedAsync(next, false);
        }

        Assert.False(await fixture.Database.ScalarAsync<bool>("SELECT is_paused FROM claims.facility_state WHERE facility_id = 'FAC-2'"));
    }

    [Fact]
    public async Task Actions_AreInPagesNewestFirst()
    {
        for (int i = 0; i < 5; i++) await SendAsync(_http, HttpMethod.Post, "/admin/facilities/FAC-7/pause", by: $"Page {i}");

        JsonElement page = await JsonAsync(await SendAsync(_http, HttpMethod.Get, "/admin/actions?limit=3"));
        JsonElement next = await JsonAsync(await SendAsync(_http, HttpMethod.Get, $"/admin/actions?limit=2&cursor={Text(page, "next")}"));

        Assert.Equal(["Page 4", "Page 3", "Page 2", "Page 1", "Page 0"], page.GetProperty("rows").EnumerateArray().Concat(next.GetProperty("rows").EnumerateArray()).Select(r => Text(r, "by")));
        await AssertProblemAsync(await SendAsync(_http, HttpMethod.Get, "/admin/actions?limit=0"), HttpStatusCode.BadRequest, "limit is 0");
        await AssertProblemAsync(await SendAsync(_http, HttpMethod.Get, "/admin/actions?cursor=zzz"), HttpStatusCode.BadRequest, "cursor is not one");
    }

    [Fact]
    public async Task OpenApi_DescribesActionsAndTheirKey()
    {
        JsonElement document = await fixture.Host.JsonAsync("/openapi/v1.json");

        JsonElement paths = document.GetProperty("paths");
        Assert.Equal(
            ["/admin/actions", "/admin/actions/{id}", "/admin/facilities/{id}/backfill", "/admin/facilities/{id}/pause", "/admin/facilities/{id}/poll", "/admin/facilities/{id}/resume", "/admin/files/{id}/requeue", "/admin/views/{name}/refresh"],
            paths.EnumerateObject().Select(p => p.Name).Where(p => p.StartsWith("/admin", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        JsonElement poll = paths.GetProperty("/admin/facilities/{id}/poll").GetProperty("post");
        Assert.Equal(["200", "202", "400", "401", "403", "404", "409", "429", "503"], poll.GetProperty("responses").EnumerateObject().Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.True(poll.GetProperty("security")[0].TryGetProperty("AdminKey", out _));
        Assert.Contains(poll.GetProperty("parameters").EnumerateArray(), p => Text(p, "name") == "X-Operator");
        Assert.Equal("X-Api-Key", Text(document.GetProperty("components").GetProperty("securitySchemes").GetProperty("AdminKey"), "name"));
    }

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path, string? key = AdminFixture.Key, string? by = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (by is not null) request.Headers.TryAddWithoutValidation("X-Operator", by);
        return await http.SendAsync(request, Token);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string detail)
    {
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(detail, Text(JsonElement.Parse(text), "detail"), StringComparison.Ordinal);
    }

    /// <summary>The host learns of it with its next round, and gives no signal.</summary>
    private static async Task UntilPausedAsync(ReportHost host, bool isPaused)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!(await host.JsonAsync("/api/facilities")).EnumerateArray().Any(f => Text(f, "facilityId") == "FAC-2" && f.GetProperty("isPaused").GetBoolean() == isPaused))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
