using Npgsql;

namespace Claims.Ingestion.Postgres.Local.Tests;

/// <summary>Runs one statement on a connection of its own.</summary>
internal static class Database
{
    public static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public static int ServerId(LocalPostgres server) =>
        int.Parse(File.ReadLines(Path.Combine(server.DataDirectory, "postmaster.pid")).First());
}
