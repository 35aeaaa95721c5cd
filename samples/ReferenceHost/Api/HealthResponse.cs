using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReferenceHost.Api;

internal static class HealthResponse
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.Select(entry => new { name = entry.Key, status = entry.Value.Status.ToString(), description = entry.Value.Description, data = entry.Value.Data }),
    });
}
