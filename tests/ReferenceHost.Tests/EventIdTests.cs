using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ReferenceHost.Tests;

/// <summary>Over all packages at once, since an operator filters by the number alone.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void LoggerMessages_OfAllPackages_HaveUniqueIdsAndNames()
    {
        (string Package, LoggerMessageAttribute Event)[] events =
        [
            .. new[] { "Claims.Ingestion", "Claims.Ingestion.Postgres", "Claims.Ingestion.EClaimLink", "Claims.Ingestion.Dashboard" }.SelectMany(package => Assembly.Load(package).GetTypes()
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
                .OfType<LoggerMessageAttribute>()
                .Select(attribute => (package, attribute))),
        ];

        Assert.Equal(4, events.Select(e => e.Package).Distinct().Count());
        Assert.Empty(events.GroupBy(e => e.Event.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.Event.EventName))}"));
        Assert.All(events, e => Assert.False(string.IsNullOrWhiteSpace(e.Event.EventName), e.Event.Message));
    }
}
