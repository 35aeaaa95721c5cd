using Claims.LoadTests.Peers.Rows;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using LinqToDB.Mapping;
using LinqToDB.Metadata;

namespace Claims.LoadTests.Peers;

/// <summary>linq2db: <c>BulkCopy</c> in the provider's own way, which is binary COPY, into one table after the other, in one transaction a batch.</summary>
internal sealed class LinqToDbPeer(string connectionString) : Peer
{
    private static readonly BulkCopyOptions Copy = new() { BulkCopyType = BulkCopyType.ProviderSpecific, SchemaName = "claims" };

    private readonly DataOptions _options = new DataOptions().UsePostgreSQL(connectionString, PostgreSQLVersion.v15).UseMappingSchema(Mapping());

    public override string Name => "linq2db BulkCopy";

    public override string Version { get; } = VersionOf(typeof(DataConnection));

    public override Task WriteAsync(SourceFiles files, CancellationToken cancellationToken) => files.WriteAsync(
        async (batch, token) =>
        {
            await using var connection = new DataConnection(_options);
            await using DataConnectionTransaction transaction = await connection.BeginTransactionAsync(token);
            await connection.BulkCopyAsync(Copy, batch.Claims, token);
            await connection.BulkCopyAsync(Copy, batch.Diagnoses, token);
            await connection.BulkCopyAsync(Copy, batch.Activities, token);
            await connection.BulkCopyAsync(Copy, batch.Observations, token);
            await connection.BulkCopyAsync(Copy, batch.Files, token);
            await transaction.CommitAsync(token);
        },
        cancellationToken);

    private static MappingSchema Mapping()
    {
        var mapping = new MappingSchema();
        mapping.AddMetadataReader(new SystemComponentModelDataAnnotationsSchemaAttributeReader());
        return mapping;
    }
}
