using System.Reflection;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Polling;

public sealed class PollingLogTests : IDisposable
{
    private readonly PollingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EventIds_AreUniqueNamedAndInTheirBand()
    {
        var events = typeof(PollingLog).GetMethods()
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToList();

        Assert.Equal(5, events.Count);
        Assert.Equal(events.Count, events.DistinctBy(entry => entry.EventId).Count());
        Assert.Equal(events.Count, events.DistinctBy(entry => entry.EventName).Count());
        Assert.All(events, entry => Assert.InRange(entry.EventId, 2000, 2099));
        Assert.All(events, entry => Assert.False(string.IsNullOrEmpty(entry.EventName)));
    }

    [Fact]
    public async Task Logs_AtInformationAndAbove_HoldNoNamePathOrContent()
    {
        const string Marker = "marker";
        _folder.Write($"{Marker}-good.xml", $"<{Marker}/>");
        _folder.Write($"{Marker}-bad.xml", $"<{Marker}-bad/>");
        _folder.Write($"{Marker}-locked.xml", $"<{Marker}/>");
        _folder.Write($"{Marker}\uFFFD.xml");
        File.CreateSymbolicLink(_folder.PathOf($"{Marker}-out.xml"), _folder.Write($"../outside/{Marker}.xml"));
        File.CreateSymbolicLink(_folder.PathOf($"{Marker}-dangling.xml"), _folder.PathOf("nowhere.xml"));
        await using (new FileStream(_folder.PathOf($"{Marker}-locked.xml"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            foreach (var file in await _folder.ListAsync())
            {
                Assert.NotNull(await _folder.ReadAsync(file));
                await _folder.AcknowledgeAsync(file, PollingFolder.QuarantinedFate);
                Assert.Null(await _folder.ReadAsync(file));
            }

            Assert.Null(await _folder.ReadAsync(new RemoteFile("id", $"{Marker}-locked.xml")));
        }

        var records = _folder.Logger.Collector.GetSnapshot();
        var loud = records.Where(record => record.Level >= LogLevel.Information).ToList();
        Assert.Equal(
            ["FilesInUse", "FilesUnreadable", "LinksRefused"],
            loud.Select(record => record.Id.Name).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        Assert.All(loud, record => Assert.Null(record.Exception));
        Assert.All(loud, record => AssertClean(record.Message + string.Join(' ', record.StructuredState ?? [])));
        Assert.Contains(records, record => record.Id.Name == "FileMoved");
        Assert.All(records, record => Assert.DoesNotContain($"<{Marker}", record.Message, StringComparison.Ordinal));

        void AssertClean(string text)
        {
            Assert.DoesNotContain(Marker, text, StringComparison.Ordinal);
            Assert.DoesNotContain(_folder.FolderPath, text, StringComparison.Ordinal);
        }
    }
}
