using System.Security.Claims;
using Claims.Ingestion.Dashboard.Hosting;
using Claims.Ingestion.Dashboard.Live;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Dashboard.Acting;

/// <summary>Who looks at which dashboard, for as long as the page is open.</summary>
internal sealed class DashboardSession(IServiceProvider services, ILogger<DashboardSession> logger)
{
    public DashboardMount Mount { get; set; } = new("", new DashboardOptions());

    /// <summary>Whether this one may act. It is asked anew each time.</summary>
    public async Task<bool> MayActAsync() => await FindActorAsync() is not null;

    /// <returns>The name of who may act; <see langword="null"/> of those who may not.</returns>
    public async Task<string?> FindActorAsync()
    {
        if (Mount.Options.ActionsPolicy is not { } policy) return null;
        if (services.GetService<AuthenticationStateProvider>() is not { } users || services.GetService<IAuthorizationService>() is not { } authorization) return null;
        if (services.GetService<IAuthorizationPolicyProvider>() is not { } policies || await policies.GetPolicyAsync(policy) is not { } rules)
        {
            logger.PolicyUnknown(policy);
            return null;
        }

        ClaimsPrincipal user = (await users.GetAuthenticationStateAsync()).User;
        AuthorizationResult result = await authorization.AuthorizeAsync(user, null, rules);
        return result.Succeeded ? NameOf(user) : null;
    }

    /// <summary>What the record of actions takes: up to a hundred printable characters.</summary>
    private static string NameOf(ClaimsPrincipal user)
    {
        string name = string.Concat((user.Identity?.Name ?? "").Where(c => !char.IsControl(c) && !char.IsSurrogate(c))).Trim();
        return name.Length == 0 ? "dashboard" : name[..Math.Min(name.Length, 100)];
    }
}
