using System.Net;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>Requests over HTTP to a host with a primary and a replica that is really behind.</summary>
public sealed class ReadYourWritesTests(Cluster cluster) : IClassFixture<Cluster>, IAsyncLifetime
{
    private WebServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WebServer.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Claims:Postgres:Views:Enabled"] = "false",
                ["Claims:Postgres:VerifyInterval"] = "00:00:00",
                ["Claims:Postgres:Routing:MaxLag"] = "01:00:00",
                ["Claims:Postgres:Routing:FallbackReads"] = "1",
                ["Claims:Postgres:Routing:Patience"] = "00:00:10",
            });
            builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(cluster.ConnectionString);
        },
        app =>
        {
            app.UseClaimsConsistency();
            app.MapPut("/notes/{id}", PutAsync);
            app.MapGet("/notes/{id}", GetAsync);
            app.MapPost("/notes/{id}/copy", PutAndGetAsync);
        });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await cluster.ResumeReplayAsync();
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Read_AfterAWrite_SeesItWhereverTheReplicaIs(int id, bool byCookie)
    {
        await cluster.PauseReplayAsync();

        string token = Token(await _server.SendAsync(HttpMethod.Put, $"/notes/{id}"), byCookie);

        Assert.Equal("seen on the primary", await ReadAsync(id, token, byCookie));
        Assert.Equal("not seen on the replica", await ReadAsync(id, null, byCookie));

        // The place among the reads on the primary is free again.
        Assert.Equal("seen on the primary", await ReadAsync(id, token, byCookie));

        await cluster.ResumeReplayAsync();

        Assert.Equal("seen on the replica", await ReadAsync(id, token, byCookie));
    }

    [Fact]
    public async Task Read_InTheRequestThatWrote_SeesItToo()
    {
        await cluster.PauseReplayAsync();

        using HttpResponseMessage response = await _server.SendAsync(HttpMethod.Post, "/notes/3/copy");

        Assert.Equal("seen on the primary", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_WithATokenOfTheFarFuture_IsAnsweredByThePrimaryAndCostsOthersNothing()
    {
        const string Future = "FFFFFFFF-FFFFFFFFFFFFFFFF";

        Assert.Equal("not seen on the primary", await ReadAsync(4, Future, byCookie: true));
        Assert.Equal("not seen on the replica", await ReadAsync(4, null, byCookie: true));

        // What it commits is not later than what it asks for.
        using HttpResponseMessage response = await _server.SendAsync(HttpMethod.Put, "/notes/4", cookie: Future);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    private static async Task PutAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"INSERT INTO note VALUES ({id})", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await ConsistencyScope.Current!.CommittedAsync(connection, cancellationToken);
    }

    private static async Task<string> GetAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT CASE WHEN EXISTS (SELECT FROM note WHERE id = {id}) THEN 'seen' ELSE 'not seen' END || ' on the ' || CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END", connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<string> PutAndGetAsync(int id, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        await PutAsync(id, database, cancellationToken);
        return await GetAsync(id, database, cancellationToken);
    }

    private static string Token(HttpResponseMessage response, bool byCookie)
    {
        using (response)
        {
            response.EnsureSuccessStatusCode();
            string header = response.Headers.GetValues("Claims-Consistency").Single();
            string cookie = response.Headers.GetValues("Set-Cookie").Single();
            Assert.StartsWith($"claims-consistency={header}; ", cookie, StringComparison.Ordinal);
            return byCookie ? cookie.Split('=', ';')[1] : header;
        }
    }

    private async Task<string> ReadAsync(int id, string? token, bool byCookie)
    {
        using HttpResponseMessage response = await _server.SendAsync(HttpMethod.Get, $"/notes/{id}", byCookie ? null : token, byCookie ? token : null);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
