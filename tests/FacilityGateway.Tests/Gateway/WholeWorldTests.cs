using System.Xml;
using System.Xml.Linq;
using FacilityGateway.Gateway;
using Microsoft.Extensions.Time.Testing;

namespace FacilityGateway.Tests.Gateway;

public class WholeWorldTests
{
    [Fact]
    public async Task EveryFile_IsFoundBySearchAndGetNew_AndHasTheWorldsBytes()
    {
        var world = new World(new WorldOptions { Facilities = 12, FilesPerFacility = 14, ClaimsPerFile = 2, Seed = 7, BrokenFileShare = 0.2, SkippedFileShare = 0.2 });
        await using var server = await Worlds.ServeAsync(world);
        var (wrapped, plain) = (0, 0);
        foreach (var (index, facilityId) in world.FacilityIds.Index())
        {
            using var client = new GatewayClient(server, index);
            string[] ids = [.. (await client.SearchAsync(direction: 1)).FileIds, .. (await client.GetNewAsync()).FileIds];
            var found = new Dictionary<string, byte[]>();
            foreach (var id in ids)
            {
                var answer = await client.DownloadAsync(id);
                found.Add(answer["fileName"]!, answer.File);
                if (answer["file"]!.Contains('\n', StringComparison.Ordinal))
                    wrapped++;
                else
                    plain++;
            }

            Assert.Equal(world.Files(facilityId).Select(file => file.Name).Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
            Assert.All(world.Files(facilityId), file => Assert.Equal(file.ToBytes(), found[file.Name]));
        }

        Assert.True(wrapped > 0 && plain > 0);
    }

    [Fact]
    public async Task Lists_HaveEveryQuirk_AndKeepTheirIdsReadable()
    {
        var world = Worlds.Small(facilities: 24, files: 6);
        await using var server = await Worlds.ServeAsync(world);
        var (singleQuotes, broken) = (0, 0);
        var nothing = new HashSet<string?>();
        foreach (var (index, facilityId) in world.FacilityIds.Index())
        {
            using var client = new GatewayClient(server, index);
            var answer = await client.SearchAsync();
            Assert.Equal(server.Inboxes.Files(facilityId).Where(file => file.Direction == 1).Select(file => file.FileId), answer.FileIds);
            singleQuotes += answer.List!.Contains("FileID= '", StringComparison.Ordinal) ? 1 : 0;
            broken += Record.Exception(() => XDocument.Parse(answer.List)) is XmlException ? 1 : 0;
            nothing.Add((await client.SearchAsync(status: 2)).List);
        }

        Assert.InRange(singleQuotes, 1, 12);
        Assert.InRange(broken, 1, 8);
        Assert.Equal([null, "", "<Files></Files>"], nothing.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FilesAndAccounts_DependOnTheSeedOnly()
    {
        await using var first = await Worlds.ServeAsync();
        await using var second = await Worlds.ServeAsync();
        await using var other = await Worlds.ServeAsync(new World(new WorldOptions { Facilities = 2, FilesPerFacility = 6, Seed = 4 }));

        Assert.Equal(first.Accounts, second.Accounts);
        Assert.Equal(Ids(first), Ids(second));
        Assert.Empty(Ids(first).Intersect(Ids(other)));
        Assert.NotEqual(first.Accounts[0].Password, other.Accounts[0].Password);

        static IEnumerable<string> Ids(GatewayServer server) => server.Accounts.SelectMany(account => server.Inboxes.Files(account.FacilityId)).Select(file => file.FileId);
    }

    [Fact]
    public async Task UploadDates_AreSpreadOverTwentyDaysBeforeTheStart()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2024, 6, 30, 12, 0, 0, TimeSpan.Zero));
        await using var server = await Worlds.ServeAsync(Worlds.Small(files: 20), options => options with { TimeProvider = time });

        var files = server.Inboxes.Files(server.Accounts[0].FacilityId);

        Assert.Equal(20, files.Count);
        Assert.All(files.Index(), file => Assert.InRange(file.Item.UploadedAt, time.Start.AddDays(file.Index - 20), time.Start.AddDays(file.Index - 19)));
        using var client = new GatewayClient(server);
        var sent = files.First(file => file.Direction == 1);
        var shown = sent.UploadedAt.AddHours(4);
        Assert.Contains($"{shown.Day:00}/{shown.Month:00}/{shown.Year:0000} {shown.Hour:00}:{shown.Minute:00}", (await client.SearchAsync()).List, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arrival_FilesAppearOneAfterTheOther()
    {
        var time = new FakeTimeProvider();
        var world = Worlds.Small(facilities: 1, files: 6);
        await using var server = await Worlds.ServeAsync(world, options => options with { TimeProvider = time, ArrivalSpan = TimeSpan.FromHours(6) });
        var facilityId = server.Accounts[0].FacilityId;
        using var client = new GatewayClient(server);
        Assert.Empty(server.Inboxes.Files(facilityId));
        Assert.Equal(2, (await client.GetNewAsync()).Result);

        for (var hour = 1; hour <= 6; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(world.Files(facilityId).Take(hour).Select(file => file.Name), server.Inboxes.Files(facilityId).Select(file => file.FileName));
        }

        Assert.Equal(0, (await client.GetNewAsync()).Result);
    }

    [Fact]
    public async Task Latency_IsAddedToEachCall()
    {
        var time = new FakeTimeProvider();
        await using var server = await Worlds.ServeAsync(change: options => options with { TimeProvider = time, Latency = TimeSpan.FromSeconds(30) });
        using var client = new GatewayClient(server);
        var call = client.GetNewAsync();

        // The clock is moved on until the call, which waits for it, is through.
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(0, (await call).Result);
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ManyFacilities_StartAtOnce()
    {
        var world = new World(new WorldOptions { Facilities = 5_000, FilesPerFacility = 1_000, ClaimsPerFile = 100 });
        await using var server = await Worlds.ServeAsync(world);

        Assert.Equal(5_000, server.Accounts.Count);
        Assert.Equal(0, server.Inboxes.DownloadedCount());
    }

    [Fact]
    public async Task Start_OptionOutOfItsLimits_NamesIt()
    {
        var problem = await Assert.ThrowsAsync<ArgumentException>(() => Worlds.ServeAsync(change: options => options with { SearchCap = 0 }));

        Assert.Equal("SearchCap is 0; it must be from 1 to 1000000.", problem.Message);
    }
}
