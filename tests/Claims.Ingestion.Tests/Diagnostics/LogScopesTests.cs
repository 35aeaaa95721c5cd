using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class LogScopesTests
{
    [Fact]
    public async Task WhateverIsLoggedOnTheWay_IsAboutItsPollAndFile()
    {
        await using var kit = new Kit();
        kit.Store.EncodedBytes = 0; // What is encoded would be read twice: once more by the store.
        ILogger others = kit.Get<ILogger<LogScopesTests>>();
        kit.Directory.Facilities = [kit.Facility];
        kit.Poller.Put(kit.Facility, "a", FakeReader.Text("a"));
        Guid? pollId = null;
        kit.Poller.OnList = (_, _) => Say("listing");
        kit.Poller.OnOpen = (_, _, _) => Say("opening");
        kit.Reader.OnRead = _ => Say("reading");
        kit.Store.OnStore = (batch, _) =>
        {
            pollId = batch[0].File.PollId;
            return Say("storing");
        };
        kit.Poller.OnAcknowledge = (_, _, _) => Say("acknowledging");
        await kit.StartAsync();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        await kit.StopCleanAsync();

        Assert.Equal($"Facility FAC-1, poll {pollId}", ScopesOf("listing"));
        Assert.Equal($"Facility FAC-1, poll {pollId} > Facility FAC-1, file a", ScopesOf("opening"));
        Assert.All(["reading", "storing", "acknowledging"], word => Assert.Equal("Facility FAC-1, file a", ScopesOf(word)));

        Task Say(string word)
        {
            others.LogInformation("{Word}", word);
            return Task.CompletedTask;
        }

        string ScopesOf(string word)
        {
            FakeLogRecord record = Assert.Single(kit.Log.GetSnapshot(), r => r.Message == word);
            return string.Join(" > ", record.Scopes.Select(scope => scope?.ToString()));
        }
    }

    [Fact]
    public async Task Failure_OfAPoll_IsAboutThePoll()
    {
        await using var kit = new Kit();
        kit.Directory.Facilities = [kit.Facility];
        kit.Poller.OnList = (_, _) => throw new FacilityPollException("refused");

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();

        var scope = (IReadOnlyList<KeyValuePair<string, object?>>)Assert.Single(Assert.Single(kit.Logged("PollFailed")).Scopes)!;
        Assert.Equal("FAC-1", scope.Single(v => v.Key == "FacilityId").Value);
        Assert.IsType<Guid>(scope.Single(v => v.Key == "PollId").Value);
    }
}
