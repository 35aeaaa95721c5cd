using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

public sealed class ControlApiTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private GatewayServer _server = null!;
    private GatewayClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await Worlds.ServeAsync();
        _client = new GatewayClient(_server);
        _http.BaseAddress = new Uri(_server.Address, "/control/");
    }

    [Fact]
    public async Task Accounts_AreThoseOfTheServer() =>
        Assert.Equal(_server.Accounts, await _http.GetFromJsonAsync<List<GatewayAccount>>("accounts", Token));

    [Fact]
    public async Task State_TellsFilesAndCallsOfEachFacility()
    {
        await _client.SetDownloadedAsync(_server.First(direction: 1).FileId);

        var state = await _http.GetFromJsonAsync<JsonElement>("state", Token);

        Assert.Equal(2, state.GetArrayLength());
        Assert.Equal(
            $$$"""{"facilityId":"{{{_server.Accounts[0].FacilityId}}}","files":6,"downloaded":1,"calls":{"SetTransactionDownloaded":1}}""",
            state[0].GetRawText());
        Assert.Equal(6, state[1].GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task Faults_CanBeAddedSeenAndRemoved()
    {
        using var added = await _http.PostAsJsonAsync("faults", new { kind = "Result", operation = "GetNewTransactions", code = -5, delay = "00:00:00.010" }, Token);
        Assert.Equal(HttpStatusCode.NoContent, added.StatusCode);
        Assert.Equal(-5, (await _client.GetNewAsync()).Result);

        var faults = await _http.GetFromJsonAsync<JsonElement>("faults", Token);
        Assert.Equal(("Result", 1), (faults[0].GetProperty("rule").GetProperty("kind").GetString(), faults[0].GetProperty("strikes").GetInt32()));

        using var removed = await _http.DeleteAsync("faults", Token);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(0, (await _client.GetNewAsync()).Result);
    }

    [Theory]
    [InlineData("""{"kind":"Nonsense"}""")]
    [InlineData("""{"kind":"Hang","times":0}""")]
    [InlineData("""{"kind":"Hang","faclityId":"x"}""")]
    [InlineData("{}")]
    [InlineData("no json")]
    public async Task Faults_BadRule_IsRefused(string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("faults", content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Password_CanBeChanged()
    {
        using var changed = await _http.PostAsJsonAsync($"facilities/{_server.Accounts[0].FacilityId}/password", new { password = "other" }, Token);
        using var unknown = await _http.PostAsJsonAsync("facilities/nobody/password", new { password = "other" }, Token);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (changed.StatusCode, unknown.StatusCode));
        Assert.Equal(-1, (await _client.GetNewAsync()).Result);
        Assert.Equal("other", _server.Accounts[0].Password);
    }

    [Fact]
    public async Task New_MarksAllAsNotDownloaded()
    {
        await _client.SetDownloadedAsync(_server.First(direction: 1).FileId);

        using var response = await _http.PostAsync("new", null, Token);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(0, _server.Inboxes.DownloadedCount());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _client.Dispose();
        await _server.DisposeAsync();
    }
}
