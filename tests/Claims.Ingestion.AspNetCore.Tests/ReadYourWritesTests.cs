using System.Net;

namespace Claims.Ingestion.AspNetCore.Tests;

/// <summary>Requests over HTTP to a host with a primary and a replica that is really behind.</summary>
public sealed class ReadYourWritesTests(Cluster cluster) : IClassFixture<Cluster>, IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await cluster.ResumeReplayAsync();

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Read_AfterAWrite_SeesItWhereverTheReplicaIs(int id, bool byCookie)
    {
        await cluster.PauseReplayAsync();

        string token = Token(await cluster.Host.SendAsync(HttpMethod.Put, $"/notes/{id}"), byCookie);

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

        using HttpResponseMessage response = await cluster.Host.SendAsync(HttpMethod.Post, "/notes/3/copy");

        Assert.Equal("seen on the primary", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_WithATokenOfTheFarFuture_IsAnsweredByThePrimaryAndCostsOthersNothing()
    {
        const string Future = "FFFFFFFF-FFFFFFFFFFFFFFFF";

        Assert.Equal("not seen on the primary", await ReadAsync(4, Future, byCookie: true));
        Assert.Equal("not seen on the replica", await ReadAsync(4, null, byCookie: true));

        // What it commits is not later than what it asks for.
        using HttpResponseMessage response = await cluster.Host.SendAsync(HttpMethod.Put, "/notes/4", cookie: Future);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
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
        using HttpResponseMessage response = await cluster.Host.SendAsync(HttpMethod.Get, $"/notes/{id}", byCookie ? null : token, byCookie ? token : null);
        Assert.False(response.Headers.Contains("Set-Cookie"));
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
