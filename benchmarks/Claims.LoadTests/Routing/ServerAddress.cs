using System.Globalization;
using Claims.Ingestion.Postgres.Local;
using Npgsql;

namespace Claims.LoadTests.Routing;

internal static class ServerAddress
{
    /// <summary>A connection string that names all of the servers.</summary>
    public static string Of(IEnumerable<LocalPostgres> servers) => new NpgsqlConnectionStringBuilder
    {
        Host = string.Join(',', servers.Select(server => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}"))),
        Username = "postgres",
        Database = "postgres",
    }.ConnectionString;
}
