using Claims.Ingestion.Dashboard.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Dashboard.Hosting;

/// <summary>
/// What answers below the path of a dashboard: its files, its pages and the connection of its pages, in a pipeline of its own. So it works beside Blazor or MVC of the host, and to the pages the path of the dashboard is the
/// root: addresses within them are relative to it.
/// </summary>
internal static class DashboardPipeline
{
    /// <summary>Where the mount of a request is kept.</summary>
    private static readonly object _mountKey = new();

    /// <summary>The addresses that belong to a dashboard: no more, so that it may be mapped at the root of a host which has others.</summary>
    public static readonly IReadOnlyList<string> Patterns =
    [
        "/", "/facilities", "/facilities/{id}", "/files", "/files/{id}", "/pipeline", "/database", "/views",
        $"/{DashboardAssets.Folder}/{{name}}", "/_blazor/{**rest}", "/_framework/{**rest}", "/_content/{**rest}",
    ];

    public static DashboardMount MountOf(HttpContext context) => (DashboardMount)context.Items[_mountKey]!;

    public static RequestDelegate Build(IServiceProvider services, DashboardMount mount)
    {
        var inner = new ApplicationBuilder(services);
        inner.Use(AddHeaders);

        // Scripts of other component libraries of the host, which Blazor would begin with.
        if (services.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider is not (null or NullFileProvider)) inner.UseStaticFiles();
        inner.UseRouting();
        inner.UseAntiforgery();
        inner.UseEndpoints(endpoints =>
        {
            endpoints.MapMethods($"/{DashboardAssets.Folder}/{{name}}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context, string name) =>
                services.GetRequiredService<DashboardAssets>().ServeAsync(context, name));
            endpoints.MapRazorComponents<DashboardApp>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        });
        RequestDelegate pipeline = inner.Build();
        CancellationToken stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        return context => RunAsync(context, mount, pipeline, stopping);
    }

    private static async Task RunAsync(HttpContext context, DashboardMount mount, RequestDelegate pipeline, CancellationToken stopping)
    {
        HttpRequest request = context.Request;
        (PathString pathBase, PathString path, RouteValueDictionary values, Endpoint? endpoint) = (request.PathBase, request.Path, request.RouteValues, context.GetEndpoint());
        if (!path.StartsWithSegments(mount.Path, out PathString matched, out PathString rest)) rest = path;
        if (mount.Path.Length > 0 && !rest.HasValue)
        {
            // Addresses within the pages are relative, so that its own must end with a slash.
            context.Response.Redirect($"{pathBase}{path}/{request.QueryString}");
            return;
        }

        // An open page would hold up a host that stops, and come back at once while it does.
        await using CancellationTokenRegistration end = rest.StartsWithSegments("/_blazor") ? stopping.UnsafeRegister(static c => ((HttpContext)c!).Abort(), context) : default;
        context.Items[_mountKey] = mount;
        try
        {
            request.PathBase = pathBase.Add(matched);
            request.Path = rest;
            request.RouteValues = [];
            context.SetEndpoint(null);
            await pipeline(context);
        }
        finally
        {
            (request.PathBase, request.Path, request.RouteValues) = (pathBase, path, values);
            context.SetEndpoint(endpoint);
        }
    }

    /// <summary>Nothing comes from elsewhere and no script stands in a page. MudBlazor sets styles at elements.</summary>
    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
