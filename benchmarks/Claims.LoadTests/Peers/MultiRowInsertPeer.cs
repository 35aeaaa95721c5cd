using Claims.LoadTests.Peers.Rows;
using Npgsql;

namespace Claims.LoadTests.Peers;

/// <summary>Npgsql: a prepared <c>INSERT ... SELECT FROM unnest(...) ON CONFLICT DO NOTHING</c> a table, all five in one round trip and one transaction a batch.</summary>
internal sealed class MultiRowInsertPeer(string connectionString) : Peer
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 20 }.ConnectionString;

    public override string Name => "Npgsql, multi-row INSERT";

    public override string Version { get; } = VersionOf(typeof(NpgsqlConnection));

    public override Task WriteAsync(SourceFiles files, CancellationToken cancellationToken) => files.WriteAsync(
        async (batch, token) =>
        {
            await using var connection = new NpgsqlConnection(_connectionString);
            await connection.OpenAsync(token);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
            await using var commands = new NpgsqlBatch(connection)
            {
                BatchCommands = { Insert(batch.Claims), Insert(batch.Diagnoses), Insert(batch.Activities), Insert(batch.Observations), Insert(batch.Files) },
            };
            await commands.ExecuteNonQueryAsync(token);
            await transaction.CommitAsync(token);
        },
        cancellationToken);

    private static NpgsqlBatchCommand Insert<TRow>(List<TRow> rows)
    {
        IReadOnlyList<RowColumn<TRow>> columns = RowTable<TRow>.Columns;
        var command = new NpgsqlBatchCommand(
            $"INSERT INTO {RowTable<TRow>.Name} ({RowTable<TRow>.ColumnList}) SELECT * FROM unnest({string.Join(", ", columns.Select((_, n) => $"${n + 1}"))}) ON CONFLICT DO NOTHING");
        foreach (RowColumn<TRow> column in columns) command.Parameters.Add(new NpgsqlParameter { Value = column.ValuesOf(rows) });
        return command;
    }
}
