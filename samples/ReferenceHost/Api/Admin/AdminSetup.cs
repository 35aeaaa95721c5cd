using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Admin;

/// <summary>Who may act: whoever has the key of the settings. A real host replaces the schemes by its own, and keeps the policy.</summary>
internal static class AdminSetup
{
    /// <summary>The policy of everything that acts.</summary>
    public const string Policy = "claims-admin";

    /// <summary>The scheme of programs, which send the key.</summary>
    public const string KeyScheme = "AdminKey";

    /// <summary>The scheme of browsers, which have signed in with it.</summary>
    public const string CookieScheme = "AdminCookie";

    public static void AddAdmin(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AdminOptions>().BindConfiguration(AdminOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsValidator>();
        builder.Services.AddSingleton<AdminKey>();
        builder.Services.AddAntiforgery();
        builder.Services.AddAuthentication(CookieScheme)
            .AddScheme<AuthenticationSchemeOptions, AdminKeyHandler>(KeyScheme, null)
            .AddCookie(CookieScheme, cookie =>
            {
                cookie.Cookie.Name = "claims-admin";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Strict;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
                cookie.SlidingExpiration = false;

                // The handler of the key says what is missing.
                cookie.Events.OnRedirectToLogin = cookie.Events.OnRedirectToAccessDenied = _ => Task.CompletedTask;
                cookie.Events.OnValidatePrincipal = context =>
                {
                    if (!context.HttpContext.RequestServices.GetRequiredService<AdminKey>().IsCurrent(context.Principal)) context.RejectPrincipal();
                    return Task.CompletedTask;
                };
            });
        builder.Services.AddAuthorizationBuilder().AddPolicy(Policy, new AuthorizationPolicyBuilder(KeyScheme, CookieScheme).RequireRole(AdminKey.Role).Build());
    }

    public static void MapAdmin(this WebApplication app)
    {
        app.MapSignIn();
        app.MapActions();
    }
}
