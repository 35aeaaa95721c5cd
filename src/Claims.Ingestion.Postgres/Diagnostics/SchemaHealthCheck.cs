using Claims.Ingestion.Postgres.Schema;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Unhealthy when the database had another schema than this build when the host started. A host that runs does not become unfit because a newer one migrates: else nobody would serve meanwhile.</summary>
internal sealed class SchemaHealthCheck(SchemaState schema) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(schema.Found switch
    {
        null => HealthCheckResult.Degraded($"It is not known which schema the database has: {schema.Reason}. The account needs SELECT ON claims.schema_version."),
        { Unknown: [.., var newest] } => HealthCheckResult.Unhealthy(
            $"The schema of the database is newer than this build, which does not know {newest}. Run the release that migrated the database, or a later one."),
        { Missing: [var first, ..] } found => HealthCheckResult.Unhealthy(
            $"The schema of the database is older than this build: it lacks {found.Missing.Count} of {found.Scripts} scripts, the first is {first}. Start a host with Claims:Postgres:MigrateOnStart and an account that may change the schema, then this one again."),
        var found => HealthCheckResult.Healthy($"The schema of the database is that of this build: {found.Scripts} scripts."),
    });
}
