using System.Text.Json;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>A primary and a replica that stands still: who has just written never gets the rows of before from the cache, and the others are told the truth about what they get.</summary>
public sealed class ReportReplicaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cache_KeepsTheMeaningOfAToken()
    {
        // pg_basebackup is not part of every installation.
        PostgresBinaries binaries = PostgresBinaries.FindAll().First(found => File.Exists(Path.Combine(found.Directory, "pg_basebackup")));
        await using LocalPostgres primary = await LocalPostgres.StartAsync(new LocalPostgresOptions { BinDirectory = binaries.Directory, Settings = { ["fsync"] = "off" } }, Token);
        await ClaimsDatabase.MigrateAsync(primary.ConnectionString);
        await using var database = NpgsqlDataSource.Create(primary.ConnectionString);
        await ExecuteAsync(database, "INSERT INTO claims.summary_state (summary_name, definition, version, refreshed_at, is_complete) VALUES ('claim_summary', 'of a test', 1, now(), true) ON CONFLICT (summary_name) DO UPDATE SET version = 1");
        await ExecuteAsync(database, "SELECT claims.show_report(view_name, 'incremental') FROM claims.view_state");
        await ExecuteAsync(database, ReportData.Claims(100));
        LocalPostgres replica = await primary.AddReplicaAsync(cancellationToken: Token);
        await replica.CatchUpAsync(Token);
        await using var copy = NpgsqlDataSource.Create(replica.ConnectionString);
        await ExecuteAsync(copy, "SELECT pg_wal_replay_pause()");
        while (await ScalarAsync<string>(copy, "SELECT pg_get_wal_replay_pause_state()") != "paused") await Task.Yield();
        string connectionString = new NpgsqlConnectionStringBuilder(primary.ConnectionString) { Host = $"127.0.0.1:{primary.Port},127.0.0.1:{replica.Port}" }.ConnectionString;
        await using ReportHost host = await ReportHost.StartAsync(connectionString, builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Claims:Postgres:Routing:MaxLag"] = "01:00:00",
            ["Claims:Postgres:Routing:Patience"] = "00:00:10",
            ["Claims:Postgres:Routing:ProbeTimeout"] = "00:00:10",
        }));
        const string Query = "/api/reports/balance-amount?facility=F001";
        JsonElement before = await host.JsonAsync(Query);

        await ExecuteAsync(database, "BEGIN; UPDATE claims.claim_summary SET total_payment = 77 WHERE facility_id = 'F001'; UPDATE claims.summary_state SET version = 2; COMMIT");
        string token;
        DateTimeOffset written = new(await ScalarAsync<DateTime>(database, "SELECT now()"));
        await using (NpgsqlConnection connection = await database.OpenConnectionAsync(Token)) token = (await ConsistencyToken.TakeAsync(connection, Token)).ToString();

        for (int i = 0; i < 2; i++)
        {
            JsonElement writer = await host.JsonAsync(Query, ("Claims-Consistency", token));
            JsonElement other = await host.JsonAsync(Query);
            Assert.Equal(("i2", "i1"), (writer.GetProperty("version").GetString(), other.GetProperty("version").GetString()));
            Assert.All(writer.GetProperty("rows").EnumerateArray(), row => Assert.Equal(77, row.GetProperty("totalPayment").GetDecimal()));
            Assert.Equal(before.GetProperty("rows").GetRawText(), other.GetProperty("rows").GetRawText());
            Assert.True(other.GetProperty("asOf").GetDateTimeOffset() < written);
            Assert.True(writer.GetProperty("asOf").GetDateTimeOffset() >= written);
        }

        Assert.Equal(2, host.Queries("page"));
        await ExecuteAsync(copy, "SELECT pg_wal_replay_resume()");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }
}
