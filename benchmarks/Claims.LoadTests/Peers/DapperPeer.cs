using Claims.LoadTests.Peers.Rows;
using Dapper;
using Npgsql;

namespace Claims.LoadTests.Peers;

/// <summary>Dapper: an <c>INSERT</c> a row, prepared by Npgsql when it comes again, in one transaction a batch.</summary>
internal sealed class DapperPeer(string connectionString) : Peer
{
    // Prepares what is repeated, which Npgsql's documentation recommends for Dapper, as it cannot prepare by itself.
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 20 }.ConnectionString;

    public override string Name => "Dapper, row by row";

    public override string Version { get; } = VersionOf(typeof(SqlMapper));

    public override bool IsSlow => true;

    public override Task WriteAsync(SourceFiles files, CancellationToken cancellationToken) => files.WriteAsync(
        async (batch, token) =>
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(token);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
            await InsertAsync(connection, batch.Claims);
            await InsertAsync(connection, batch.Diagnoses);
            await InsertAsync(connection, batch.Activities);
            await InsertAsync(connection, batch.Observations);
            await InsertAsync(connection, batch.Files);
            await transaction.CommitAsync(token);
        },
        cancellationToken);

    /// <summary>Given a list, Dapper runs the statement once for each of its items.</summary>
    private static Task InsertAsync<TRow>(NpgsqlConnection connection, List<TRow> rows) => connection.ExecuteAsync(
        $"INSERT INTO {RowTable<TRow>.Name} ({RowTable<TRow>.ColumnList}) VALUES ({string.Join(", ", RowTable<TRow>.Columns.Select(c => "@" + c.Property))})", rows);
}
