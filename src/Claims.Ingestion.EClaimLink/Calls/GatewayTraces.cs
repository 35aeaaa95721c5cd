using System.Diagnostics;
using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>A span <c>claims.gateway.call</c> for each try of a call; that of the HTTP request lies within.</summary>
internal static class GatewayTraces
{
    private static readonly ActivitySource _source = new(EClaimLinkMetrics.MeterName);

    public static Activity? Start(string facilityId, string operation) =>
        _source.StartActivity("claims.gateway.call", ActivityKind.Client)?.SetTag(Tag.Facility, facilityId).SetTag(EClaimLinkMetrics.OperationTag, operation);
}
