using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>A page of the host's own Blazor.</summary>
[Route("/own")]
public sealed class OwnPage : ComponentBase
{
    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, "<p>a page of the host</p>");
}

/// <summary>The host's own Blazor.</summary>
public sealed class OwnPages : ComponentBase
{
    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<!DOCTYPE html>");
        builder.OpenComponent<Router>(1);
        builder.AddComponentParameter(2, nameof(Router.AppAssembly), typeof(OwnPages).Assembly);
        builder.AddComponentParameter(3, nameof(Router.Found), (RenderFragment<RouteData>)(route => found =>
        {
            found.OpenComponent<RouteView>(0);
            found.AddComponentParameter(1, nameof(RouteView.RouteData), route);
            found.CloseComponent();
        }));
        builder.CloseComponent();
    }
}
