using Claims.Ingestion.Dashboard.State;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Governing;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Dashboard.Tests.Support;

/// <summary>States as tests want them.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    public static FacilityState Facility(int number) => new()
    {
        FacilityId = $"DHA-F-{number:0000000}",
        LastPoll = Now.AddMinutes(-2),
        LastOutcome = PollOutcome.Succeeded,
        NextPoll = Now.AddMinutes(28),
        Volume = VolumeState.Usual,
    };

    public static FacilityState Failing(int number, int failures, PollOutcome outcome, string? error = null) =>
        Facility(number) with { ConsecutiveFailures = failures, LastOutcome = outcome, LastError = error };

    public static FacilityState[] Facilities(int count) => [.. Enumerable.Range(1, count).Select(Facility)];

    public static StateFacts Facts(params FacilityState[] facilities) => new() { Now = Now, Facilities = facilities };

    public static GovernorStatus Governor(double share = 1, string signal = "none", string reason = "nobody suffers", double? latency = 4.1, double? baseline = 3.9) =>
        new(Now, share, signal, reason, latency is { } now ? TimeSpan.FromMilliseconds(now) : null, baseline is { } quiet ? TimeSpan.FromMilliseconds(quiet) : null);

    public static DatabaseOverview Database(params ServerOverview[] servers) => new([], servers, null);

    public static DatabaseWatchReading Watch(params BlockedSession[] blocked) => new(Now, blocked, 0, null, null, 0, [], [], []);
}
