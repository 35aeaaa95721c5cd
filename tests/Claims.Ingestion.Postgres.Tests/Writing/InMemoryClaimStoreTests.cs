using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Postgres.Tests.Writing;

public sealed class InMemoryClaimStoreTests : ClaimStoreConformance
{
    private readonly InMemoryClaimStore _store = new();

    protected override IClaimStore Store => _store;

    protected override Task<(long Claims, long Activities, long Remitted, long Errors)> CountAsync() => Task.FromResult<(long, long, long, long)>(
        (_store.Submitted.Count, _store.Submitted.Sum(c => c.Activities.Count), _store.Remitted.Count, _store.Errors.Count));
}
