using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

internal static class NpgsqlConnectionExtensions
{
    /// <summary>Executes statements without parameters.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
