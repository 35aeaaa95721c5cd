using Claims.Ingestion.Dashboard.Text;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Dashboard.State;

/// <summary>What is to be said of facilities.</summary>
internal static class FacilityWords
{
    public static bool IsFailing(FacilityState facility) => !facility.IsPaused && facility.LastOutcome is not (null or PollOutcome.Succeeded) && facility.ConsecutiveFailures > 0;

    /// <summary>Whether it is not called again until somebody does something.</summary>
    public static bool IsParked(FacilityState facility) => facility.LastOutcome == PollOutcome.CredentialRefused;

    public static StateLevel Level(FacilityState facility) =>
        IsFailing(facility) ? IsParked(facility) || facility.ConsecutiveFailures >= 3 ? StateLevel.Trouble : StateLevel.Warning
        : facility.IsPaused ? StateLevel.Note
        : facility.Volume == VolumeState.Silent || facility.AcknowledgementError is not null ? StateLevel.Warning
        : facility.Volume == VolumeState.Surging ? StateLevel.Note
        : StateLevel.Well;

    /// <summary>Its state in a word or two.</summary>
    public static string Word(FacilityState facility) =>
        IsFailing(facility) ? "failing"
        : facility.IsPaused ? "paused"
        : facility.Activity switch
        {
            FacilityActivity.Due => "due",
            FacilityActivity.Polling => "polling",
            FacilityActivity.Storing => "storing",
            _ => facility.Volume switch
            {
                VolumeState.Silent => "silent",
                VolumeState.Surging => "surging",
                _ => facility.LastPoll is null ? "not polled yet" : "well",
            },
        };

    /// <summary>Why it fails, short.</summary>
    public static string Reason(FacilityState facility) => facility.LastOutcome switch
    {
        PollOutcome.CredentialRefused => "wrong password",
        PollOutcome.TimedOut => "its polls take longer than they may",
        PollOutcome.CircuitOpen => "too many calls failed, it is left alone for a while",
        PollOutcome.Incomplete when facility.LastError is null => "some of its files cannot be fetched",
        _ when facility.LastError is { } error => Spoken.Brief(WithoutId(error, facility.FacilityId)),
        _ => "it cannot be polled",
    };

    /// <summary>Failing first, by how long; then those that need a look; then by id.</summary>
    public static IOrderedEnumerable<FacilityState> FailingFirst(this IEnumerable<FacilityState> facilities) =>
        facilities.OrderByDescending(Level).ThenByDescending(f => f.ConsecutiveFailures).ThenBy(f => f.FacilityId, StringComparer.Ordinal);

    /// <summary>Errors begin with the facility; beside its id that is said twice.</summary>
    private static string WithoutId(string error, string id)
    {
        string start = $"Facility {id}: ";
        return error.StartsWith(start, StringComparison.Ordinal) ? error[start.Length..] : error;
    }
}
