using System.Diagnostics;
using Claims.Ingestion.Diagnostics;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A span <c>claims.store</c> for each transaction that stores files; those of its statements lie within.</summary>
internal static class StoreTraces
{
    private static readonly ActivitySource _source = new("Claims.Ingestion.Postgres");

    /// <param name="batchId">The transaction, as the ledger calls it.</param>
    /// <param name="files">How many files it is to store.</param>
    public static Activity? Start(Guid batchId, int files)
    {
        Activity? span = _source.StartActivity("claims.store");
        return span?.SetTag(Tag.Batch, batchId.ToString()).SetTag(Tag.Files, files);
    }

    public static void FailStore(this Activity? span, Exception exception) => span.Fail(exception is PostgresException report ? report.SqlState : exception.GetType().Name);
}
