using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Admin;

/// <summary>Knows operators by the key in a header. It answers for both schemes when somebody has no right: browsers are sent to sign in, programs are told what is missing.</summary>
internal sealed class AdminKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AdminKey key)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string KeyHeader = "X-Api-Key";

    public const string OperatorHeader = "X-Operator";

    private KeyVerdict? _verdict;

    /// <summary>The name that a program gives for the record of actions.</summary>
    public static string? OperatorOf(HttpRequest request) => request.Headers[OperatorHeader] is { Count: > 0 } names ? names.ToString() : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!key.IsSet || Request.Headers[KeyHeader] is not { Count: > 0 } given) return Task.FromResult(AuthenticateResult.NoResult());
        _verdict = key.Check(given.ToString(), Context.Connection.RemoteIpAddress);
        return Task.FromResult(_verdict == KeyVerdict.Right
            ? AuthenticateResult.Success(new AuthenticationTicket(key.ToPrincipal(OperatorOf(Request), AdminSetup.KeyScheme), AdminSetup.KeyScheme))
            : AuthenticateResult.Fail("the key is not right"));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (!key.IsSet) return AdminProblems.Off().ExecuteAsync(Context);
        if (_verdict == KeyVerdict.Limited) return AdminProblems.TooManyAttempts(Response).ExecuteAsync(Context);
        if (_verdict is null && HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            Response.Redirect($"{Request.PathBase}{SignInEndpoints.Path}{QueryString.Create("returnUrl", $"{Request.PathBase}{Request.Path}{Request.QueryString}")}");
            return Task.CompletedTask;
        }

        Response.Headers.WWWAuthenticate = $"ApiKey header=\"{KeyHeader}\"";
        return (_verdict is null ? AdminProblems.NoKey() : AdminProblems.WrongKey()).ExecuteAsync(Context);
    }
}
