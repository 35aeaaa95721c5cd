using Claims.Ingestion.Scheduling;

namespace ReferenceHost.Api;

internal static class FacilityEndpoints
{
    public static void MapFacilities(this WebApplication app) =>
        app.MapGet("/api/facilities", (IngestionControl ingestion) => TypedResults.Ok(ingestion.Facilities))
            .WithName("GetFacilities")
            .WithSummary("The state of every facility.");
}
