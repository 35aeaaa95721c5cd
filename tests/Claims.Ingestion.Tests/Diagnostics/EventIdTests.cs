using System.Reflection;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class EventIdTests
{
    [Fact]
    public void LoggerMessages_InTheAssembly_HaveUniqueIdsAndNames()
    {
        LoggerMessageAttribute[] events = [.. typeof(IngestionPipeline).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()];

        Assert.True(events.Length > 20, "the attributes were not found");
        Assert.Empty(events.GroupBy(e => e.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.EventName))}"));
        Assert.All(events, e => Assert.False(string.IsNullOrWhiteSpace(e.EventName), e.Message));
        Assert.All(events, e => Assert.NotEqual(0, e.EventId));
    }
}
