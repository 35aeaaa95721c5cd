using System.Globalization;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

public sealed class SearchTests : IAsyncLifetime
{
    private GatewayServer _server = null!;
    private GatewayClient _client = null!;
    private IReadOnlyList<GatewayFile> _files = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await Worlds.ServeAsync(Worlds.Small(facilities: 1, files: 18), options => options with { SearchCap = 4, MaxSearchDays = 10 });
        _client = new GatewayClient(_server);
        _files = _server.Inboxes.Files(_server.Accounts[0].FacilityId);
    }

    [Fact]
    public async Task Search_MoreThanTheCap_GivesTheOldest()
    {
        var sent = _files.Where(file => file.Direction == 1).ToList();

        var answer = await _client.SearchAsync();

        Assert.Equal(0, answer.Result);
        Assert.True(sent.Count > 4);
        Assert.Equal(sent.Take(4).Select(file => file.FileId), answer.FileIds);
        Assert.Equal(["SearchTransactionsResult", "foundTransactions", "errorMessage"], answer.ElementNames);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 5, false)]
    [InlineData(-5, -1, false)]
    [InlineData(-5, 0, true)]
    [InlineData(0, 5, true)]
    public async Task Search_Window_IncludesBothEnds(int fromSeconds, int toSeconds, bool isFound)
    {
        var file = _files.First(file => file.Direction == 2);

        var answer = await _client.SearchAsync(direction: 2, transactionId: 8, from: Text(file.UploadedAt, fromSeconds), to: Text(file.UploadedAt, toSeconds));

        Assert.Equal(0, answer.Result);
        Assert.Equal(isFound ? [file.FileId] : [], answer.FileIds);
    }

    [Fact]
    public async Task Search_DirectionAndType_AreHonoured()
    {
        Assert.Empty((await _client.SearchAsync(direction: 1, transactionId: 8)).FileIds);
        Assert.Empty((await _client.SearchAsync(direction: 2, transactionId: 2)).FileIds);
        var all = await _client.SearchAsync(direction: 2, transactionId: -1, min: 0);
        Assert.All(all.FileIds, id => Assert.Equal(2, _files.Single(file => file.FileId == id).Direction));
        Assert.NotEmpty(all.FileIds);
    }

    [Fact]
    public async Task Search_RecordCounts_AreAFilter()
    {
        var count = _files.First(file => file.Direction == 1).RecordCount;

        var answer = await _client.SearchAsync(min: count, max: count);

        Assert.NotEmpty(answer.FileIds);
        Assert.All(answer.FileIds, id => Assert.Equal(count, _files.Single(file => file.FileId == id).RecordCount));
        Assert.Empty((await _client.SearchAsync(min: 1_000)).FileIds);
        Assert.Empty((await _client.SearchAsync(max: 0)).FileIds);
    }

    [Fact]
    public async Task Search_Name_IsACriterion()
    {
        var file = _files.Last(file => file.Direction == 1);

        Assert.Equal([file.FileId], (await _client.SearchAsync(transactionId: -1, name: file.FileName)).FileIds);
    }

    [Fact]
    public async Task Search_BadInput_IsRefused()
    {
        Assert.Equal(-3, (await _client.SearchAsync(direction: 3)).Result);
        Assert.Equal(-3, (await _client.SearchAsync(status: 0)).Result);
        Assert.Equal(-3, (await _client.SearchAsync(from: "2024-01-01", to: "2024-01-02")).Result);
        Assert.Equal(-3, (await _client.SearchAsync(from: "01/01/2024 00:00:00")).Result);
        Assert.Equal(-7, (await _client.SearchAsync(transactionId: 3)).Result);
        Assert.Equal(-10, (await _client.SearchAsync(transactionId: -1)).Result);
    }

    [Fact]
    public async Task Search_WindowTooLong_IsRefused()
    {
        Assert.Equal(0, (await _client.SearchAsync(from: "01/01/2024 00:00:00", to: "11/01/2024 00:00:00")).Result);
        Assert.Equal(-5, (await _client.SearchAsync(from: "01/01/2024 00:00:00", to: "11/01/2024 00:00:01")).Result);
        Assert.Equal(-5, (await _client.SearchAsync(from: "01/01/2024", to: "12/01/2024")).Result);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private static string Text(DateTimeOffset time, int seconds) =>
        time.ToOffset(TimeSpan.FromHours(4)).AddSeconds(seconds).ToString("dd'/'MM'/'yyyy HH:mm:ss", CultureInfo.InvariantCulture);
}
