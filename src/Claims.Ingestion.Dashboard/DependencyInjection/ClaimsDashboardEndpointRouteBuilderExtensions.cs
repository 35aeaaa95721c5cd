using Claims.Ingestion.Dashboard;
using Claims.Ingestion.Dashboard.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the dashboard.</summary>
public static class ClaimsDashboardEndpointRouteBuilderExtensions
{
    /// <summary>Maps the live dashboard. It answers below the path alone, and there only at its own addresses: a host may have others beside it, Blazor and MVC too.</summary>
    /// <remarks>The host needs no middleware for it. It may be mapped more than once, with other options at another path.</remarks>
    /// <param name="endpoints">The endpoints to add to.</param>
    /// <param name="path">The path before its pages, for example <c>/ops/claims</c>; the default is the root.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>What all its endpoints have in common, for further conventions.</returns>
    /// <exception cref="InvalidOperationException"><c>AddClaimsDashboard</c> was not called, or a dashboard is mapped there already.</exception>
    /// <exception cref="OptionsValidationException">A setting is out of its limits; the message names it.</exception>
    public static IEndpointConventionBuilder MapClaimsDashboard(this IEndpointRouteBuilder endpoints, string path = "/", Action<DashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/') || path.Contains('{', StringComparison.Ordinal)) throw new ArgumentException($"The path is '{path}'; it must begin with a slash and have no parameters.", nameof(path));
        DashboardMounts mounts = endpoints.ServiceProvider.GetService<DashboardMounts>() ?? throw new InvalidOperationException("The dashboard was not added: call services.AddClaimsDashboard() first.");
        var options = new DashboardOptions();
        configure?.Invoke(options);
        if (new DashboardOptionsValidator().Validate(Options.DefaultName, options) is { Failed: true } result)
            throw new OptionsValidationException(Options.DefaultName, typeof(DashboardOptions), result.Failures);
        var mount = new DashboardMount(path.TrimEnd('/'), options);
        mounts.Add(mount);

        RequestDelegate pipeline = DashboardPipeline.Build(endpoints.ServiceProvider, mount);
        RouteGroupBuilder group = endpoints.MapGroup(RoutePatternFactory.Parse(mount.Path));
        foreach (string pattern in DashboardPipeline.Patterns) group.Map(pattern, pipeline).WithDisplayName($"Dashboard {mount.Path}{pattern}");
        group.ExcludeFromDescription();
        if (options.ViewPolicy is { } policy) group.RequireAuthorization(policy);
        return group;
    }
}
