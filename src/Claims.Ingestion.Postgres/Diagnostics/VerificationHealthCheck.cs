using Claims.Ingestion.Postgres.Verification;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Degraded while rows and ledger do not agree: the host works, but somebody has to look.</summary>
internal sealed class VerificationHealthCheck(VerificationService verification) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(verification switch
    {
        { IsEnabled: false } => HealthCheckResult.Healthy("This host does not verify files."),
        { Standing: 0 } => HealthCheckResult.Healthy("No discrepancy between rows and ledger is known."),
        { Standing: var standing } => HealthCheckResult.Degraded($"Rows and ledger do not agree in {standing} points. See claims.verification_finding, and \"Rows and ledger do not agree\" in the manual of operations."),
    });
}
