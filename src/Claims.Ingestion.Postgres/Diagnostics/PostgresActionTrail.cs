using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Diagnostics;

/// <summary>Keeps what operators asked for in <c>claims.operator_action</c>, for all hosts and for ever.</summary>
internal sealed class PostgresActionTrail([FromKeyedServices(DataSourceRole.Api)] RoleDataSource dataSource) : IActionTrail
{
    private const string Columns = "id, at, by_whom, action, target, outcome, error, ended_at";

    public async Task<OperatorAction> AskedAsync(string by, string action, string target, CancellationToken cancellationToken) => (await ReadAsync(
        $"INSERT INTO claims.operator_action (by_whom, action, target, host) VALUES ($1, $2, $3, $4) RETURNING {Columns}",
        [Text(by), Text(action), Text(target), Text(HostName.Value)],
        cancellationToken))[0];

    public async Task<OperatorAction> EndedAsync(OperatorAction asked, string? outcome, string? error, CancellationToken cancellationToken) => (await ReadAsync(
        $"UPDATE claims.operator_action SET outcome = $2, error = $3, ended_at = clock_timestamp() WHERE id = $1 RETURNING {Columns}",
        [new NpgsqlParameter<long> { TypedValue = asked.Id }, Text(outcome), Text(error)],
        cancellationToken))[0];

    public Task<IReadOnlyList<OperatorAction>> ReadAsync(long? before, int limit, CancellationToken cancellationToken) => ReadAsync(
        $"SELECT {Columns} FROM claims.operator_action WHERE id < $1 ORDER BY id DESC LIMIT $2",
        [new NpgsqlParameter<long> { TypedValue = before ?? long.MaxValue }, new NpgsqlParameter<int> { TypedValue = limit }],
        cancellationToken);

    public string? Explain(Exception exception) => exception is NpgsqlException error ? StoreErrors.Describe(error).Message : null;

    private static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private async Task<IReadOnlyList<OperatorAction>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        var actions = new List<OperatorAction>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            actions.Add(new OperatorAction
            {
                Id = reader.GetInt64(0),
                At = reader.GetFieldValue<DateTimeOffset>(1),
                By = reader.GetString(2),
                Action = reader.GetString(3),
                Target = reader.GetString(4),
                Outcome = reader.IsDBNull(5) ? null : reader.GetString(5),
                Error = reader.IsDBNull(6) ? null : reader.GetString(6),
                EndedAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
            });
        }

        return actions;
    }
}
