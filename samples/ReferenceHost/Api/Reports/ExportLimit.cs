using System.Threading.RateLimiting;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Reports;

/// <summary>An export keeps its connection for as long as its caller takes to read it. Half of the pool is left to those who want a page.</summary>
internal static class ExportLimit
{
    public const string Policy = "exports";

    public static void Add(RateLimiterOptions options)
    {
        options.AddPolicy(Policy, context => RateLimitPartition.GetConcurrencyLimiter(Policy, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = Math.Max(1, context.RequestServices.GetRequiredService<IOptions<PostgresOptions>>().Value.Report.MaxSize / 2),
        }));
        options.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "10";
            await TypedResults.Problem("As many exports as this host allows are under way; try again later.", statusCode: StatusCodes.Status503ServiceUnavailable).ExecuteAsync(rejected.HttpContext);
        };
    }
}
