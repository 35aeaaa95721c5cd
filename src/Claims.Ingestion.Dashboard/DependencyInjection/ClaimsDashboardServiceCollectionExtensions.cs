using Claims.Ingestion.Dashboard.Acting;
using Claims.Ingestion.Dashboard.Hosting;
using Claims.Ingestion.Dashboard.Live;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MudBlazor.Services;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the dashboard to a host.</summary>
public static class ClaimsDashboardServiceCollectionExtensions
{
    /// <summary>Adds what the dashboard needs. Map it with <c>app.MapClaimsDashboard()</c>. It may be called again: nothing is added twice.</summary>
    /// <param name="services">The services to add to.</param>
    /// <returns>The value of <paramref name="services"/>.</returns>
    public static IServiceCollection AddClaimsDashboard(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(s => s.ServiceType == typeof(DashboardMounts))) return services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DashboardMounts>();
        services.AddSingleton<DashboardAssets>();
        services.AddSingleton<StoredClaims>();
        services.AddSingleton<DashboardReadings>();
        services.AddSingleton<DashboardLive>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<DashboardLive>());
        services.AddScoped<DashboardSession>();
        services.AddScoped<DashboardActions>();
        services.AddScoped<ActionDialogs>();
        return services;
    }
}
