using Claims.Ingestion.Postgres.DataSources;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Tests.DataSources;

public sealed class RoutesTests
{
    private static readonly RoutingOptions Options = new() { MaxLag = TimeSpan.FromSeconds(30), MaxLagBytes = 1000 };

    // A server is its role, timeline and position; "late" and "far" are beyond the limits of time and of bytes, "gone" does not answer.
    [Theory]
    [InlineData("P1@100", "", "go 0")]
    [InlineData("R1@100", "1@999", "go 0")]
    [InlineData("P1@100 gone", "1@999", "go 0")]
    [InlineData("P1@100; R1@100; R1@90", "", "go 1 2")]
    [InlineData("R1@90; P1@100; R1@100", "", "go 0 2")]
    [InlineData("P1@100; R1@100; R1@90", "1@95", "go 1")]
    [InlineData("P1@100; R1@100; R1@90", "1@100", "go 1")]
    [InlineData("P1@100; R1@80; R1@90", "1@95", "wait 1 2")]
    [InlineData("P1@100; R1@80 late; R1@90", "1@95", "wait 2")]
    [InlineData("P1@100; R1@80 late; R1@90", "", "go 2")]
    [InlineData("P1@100; R1@80 far; R1@90", "", "go 2")]
    [InlineData("P1@100; R1@80 late; R1@90 far", "", "primary 0")]
    [InlineData("P1@100; R1@100 late; R1@90 far", "1@95", "primary 0")]
    [InlineData("P1@100; R1@100 gone; R1@100", "1@95", "go 2")]
    [InlineData("P1@100; R1@100 gone; R1@100 gone", "1@95", "primary 0")]
    [InlineData("P1@100; R1@100 gone; R1@100 gone", "", "primary 0")]
    [InlineData("P1@100 gone; R1@100; R1@90", "", "go 1 2")]
    [InlineData("P1@100 gone; R1@100; R1@90", "1@95", "go 1")]
    [InlineData("P1@100 gone; R1@90 late; R1@90 gone", "", "none")]
    [InlineData("P1@100 gone; R1@90; R1@90", "1@95", "wait 1 2")]
    [InlineData("? gone; ? gone; ? gone", "", "none")]

    // After a failover: who did not follow gets no reads, whatever its position; what was committed on the earlier timeline is in the later one, or was lost.
    [InlineData("P1@100; P2@200; R1@300", "", "primary 1")]
    [InlineData("P1@100; P2@200; R2@190", "", "go 2")]
    [InlineData("P1@100 gone; P2@200; R2@190", "1@180", "go 2")]
    [InlineData("P1@100 gone; P2@200; R2@190", "1@195", "wait 2")]
    [InlineData("P1@100 gone; P2@200; R2@190", "1@250", "go 2")]
    [InlineData("P1@100 gone; P2@200; R2@190", "2@195", "wait 2")]
    [InlineData("P1@100 gone; P2@200; R1@900", "2@195", "primary 1")]
    public void Read_EachState_GoesWhereItMay(string servers, string after, string expected)
    {
        Route route = Routes.Read(Parse(servers), after.Length == 0 ? null : ParseToken(after), Options);

        Assert.Equal(expected, $"{route.Kind switch { RouteKind.Go => "go", RouteKind.Wait => "wait", RouteKind.Fallback => "primary", _ => "none" }} {string.Join(' ', route.Servers)}".Trim());
    }

    [Theory]
    [InlineData("P1@100; R1@100", 0)]
    [InlineData("R1@100; P1@100", 1)]
    [InlineData("R1@100; R1@100", -1)]
    [InlineData("P1@100 gone; R1@100", -1)]
    [InlineData("P1@900; P2@200", 1)]
    [InlineData("P2@200; P1@900", 0)]
    [InlineData("R1@100", 0)]
    [InlineData("? gone", 0)]
    public void Primary_EachState_IsTheOneOfTheLatestTimeline(string servers, int expected) => Assert.Equal(expected, Routes.Primary(Parse(servers)));

    private static ServerState[] Parse(string servers) => [.. servers.Split("; ").Select((text, i) =>
    {
        string[] parts = text.Split(' ');
        ConsistencyToken at = parts[0] == "?" ? default : ParseToken(parts[0][1..]);
        string how = parts.Length > 1 ? parts[1] : "";
        return new ServerState(
            $"s{i}",
            parts[0][0] switch { 'P' => ServerRole.Primary, 'R' => ServerRole.Replica, _ => ServerRole.Unknown },
            how != "gone",
            at.Timeline,
            at.Position,
            how == "late" ? TimeSpan.FromSeconds(31) : TimeSpan.FromSeconds(30),
            how == "far" ? 1001 : 1000,
            how == "gone" ? "gone" : null);
    })];

    private static ConsistencyToken ParseToken(string text) => text.Split('@') is [var timeline, var position]
        ? new ConsistencyToken(uint.Parse(timeline, System.Globalization.CultureInfo.InvariantCulture), new NpgsqlLogSequenceNumber(ulong.Parse(position, System.Globalization.CultureInfo.InvariantCulture)))
        : throw new ArgumentException(text);
}
