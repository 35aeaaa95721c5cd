using System.Net;
using System.Text.RegularExpressions;
using ReferenceHost.Tests.Api.Reports;

namespace ReferenceHost.Tests.Api.Admin;

/// <summary>Browsers sign in with a form and act with a cookie.</summary>
public sealed class SignInTests(AdminFixture fixture) : IClassFixture<AdminFixture>, IDisposable
{
    private readonly HttpClient _http = fixture.Caller();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task SignIn_RightKey_ActsUnderTheNameUntilSignedOut()
    {
        HttpResponseMessage signedIn = await SignInAsync("Ann <b>", AdminFixture.Key, "/pages?x=1");

        Assert.Equal((HttpStatusCode.Redirect, "/pages?x=1"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
        string cookie = signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("claims-admin=", StringComparison.Ordinal));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminFixture.Key, cookie, StringComparison.Ordinal);
        string value = cookie.Split(';')[0];

        Assert.Equal(HttpStatusCode.OK, (await ActAsync(value, ("Sec-Fetch-Site", "same-origin"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ActAsync(value, ("Origin", fixture.Host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)))).StatusCode);
        Assert.Equal("Ann <b>", await fixture.Database.ScalarAsync<string>("SELECT by_whom FROM claims.operator_action ORDER BY id DESC LIMIT 1"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "/admin/actions", null, ("Cookie", value))).StatusCode);

        HttpResponseMessage signedOut = await SendAsync(HttpMethod.Post, "/admin/sign-out", null, ("Cookie", value), ("Sec-Fetch-Site", "same-origin"));
        Assert.Equal((HttpStatusCode.Redirect, "/"), (signedOut.StatusCode, signedOut.Headers.Location?.OriginalString));
        Assert.Contains(signedOut.Headers.GetValues("Set-Cookie"), c => c.StartsWith("claims-admin=;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("X-Nothing", "said")]
    public async Task Act_WithTheCookieFromAnotherPage_IsRefused(string header, string value)
    {
        string cookie = Cookie(await SignInAsync("Ann", AdminFixture.Key));
        long before = await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM claims.operator_action");

        HttpResponseMessage refused = await ActAsync(cookie, (header, value));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("comes from another site", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "/admin/sign-out", null, ("Cookie", cookie), (header, value))).StatusCode);
        Assert.Equal(before, await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM claims.operator_action"));
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("elsewhere")]
    [InlineData("")]
    public async Task SignIn_ReturnUrlThatIsNotLocal_LeadsHome(string returnUrl) =>
        Assert.Equal("/", (await SignInAsync("Ann", AdminFixture.Key, returnUrl)).Headers.Location?.OriginalString);

    [Fact]
    public async Task SignIn_WrongKey_ShowsTheFormAgainAndIsLimited()
    {
        using HttpClient guesser = fixture.Caller("127.0.0.5");
        for (int i = 0; i < 10; i++)
        {
            HttpResponseMessage wrong = await SignInAsync("Ann", $"guess-{i}", http: guesser);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
            Assert.Contains("<p role=\"alert\"><strong>This is not the key.</strong></p>", await wrong.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.False(wrong.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies) && cookies.Any(c => c.StartsWith("claims-admin=", StringComparison.Ordinal)));
        }

        HttpResponseMessage limited = await SignInAsync("Ann", AdminFixture.Key, http: guesser);
        Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (limited.StatusCode, limited.Headers.GetValues("Retry-After").Single()));
        Assert.Empty(fixture.Host.Errors);
    }

    [Fact]
    public async Task SignIn_FormOfAnotherSite_IsNotTaken()
    {
        using var form = new FormUrlEncodedContent([new("key", AdminFixture.Key), new("name", "Ann")]);

        HttpResponseMessage refused = await SendAsync(HttpMethod.Post, "/admin/sign-in", form);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("cookies are blocked", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "/admin/sign-in", new StringContent("{}"))).StatusCode);
    }

    [Fact]
    public async Task SignIn_NameThatIsNone_IsRefused() => Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(new string('x', 101), AdminFixture.Key)).StatusCode);

    [Fact]
    public async Task Page_HasNoScriptNorStyleAndEncodesWhatItIsGiven()
    {
        HttpResponseMessage page = await SendAsync(HttpMethod.Get, "/admin/sign-in?returnUrl=" + Uri.EscapeDataString("/\"><script>alert(1)</script>"));
        string html = await page.Content.ReadAsStringAsync(Token);

        Assert.Equal("default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("style", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("value=\"/&quot;&gt;&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ByABrowserWithoutRights_LeadsToTheFormAndBack()
    {
        HttpResponseMessage sent = await SendAsync(HttpMethod.Get, "/admin/actions?limit=2", null, ("Accept", "text/html,application/xhtml+xml"));

        Assert.Equal((HttpStatusCode.Redirect, "/admin/sign-in?returnUrl=%2Fadmin%2Factions%3Flimit%3D2"), (sent.StatusCode, sent.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Cookie_OfAnotherKey_DoesNotCount()
    {
        string cookie = Cookie(await SignInAsync("Ann", AdminFixture.Key));
        await using ReportHost other = await fixture.StartAsync(("Admin:ApiKey", "another-key-of-enough-characters"));
        await using ReportHost same = await fixture.StartAsync(("Admin:ApiKey", AdminFixture.Key));

        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/admin/actions", ("Cookie", cookie))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await same.GetAsync("/admin/actions", ("Cookie", cookie))).StatusCode);
    }

    private static string Cookie(HttpResponseMessage signedIn) => signedIn.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("claims-admin=", StringComparison.Ordinal)).Split(';')[0];

    private Task<HttpResponseMessage> ActAsync(string cookie, (string Name, string Value) header) => SendAsync(HttpMethod.Post, "/admin/facilities/FAC-1/resume", null, ("Cookie", cookie), header);

    private async Task<HttpResponseMessage> SignInAsync(string name, string key, string returnUrl = "/", HttpClient? http = null)
    {
        HttpResponseMessage page = await SendAsync(HttpMethod.Get, $"/admin/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}", null, http ?? _http);
        string html = await page.Content.ReadAsStringAsync(Token);
        string Field(string field) => WebUtility.HtmlDecode(Regex.Match(html, $"name=\"{field}\" value=\"([^\"]*)\"").Groups[1].Value);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", Field("__RequestVerificationToken")), new("returnUrl", Field("returnUrl")), new("name", name), new("key", key)]);
        return await SendAsync(HttpMethod.Post, "/admin/sign-in", form, http ?? _http, ("Cookie", string.Join("; ", page.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]))));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers) => SendAsync(method, path, content, _http, headers);

    private static async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, HttpClient http, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, Token);
    }
}
