using System.Globalization;
using Claims.Ingestion.Polling;

namespace Claims.Ingestion.Facilities;

/// <summary>What a facility must look like, wherever it is kept.</summary>
internal sealed class FacilityRules(IEnumerable<IFacilityPoller> pollers)
{
    private readonly string[] _kinds = [.. pollers.Select(p => p.Kind).Order(StringComparer.Ordinal)];

    /// <summary>Checks each facility, and that each id stands once.</summary>
    /// <returns>What is wrong, in the order of the facilities.</returns>
    public IEnumerable<FacilityProblem> Check(IReadOnlyList<Facility> facilities)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < facilities.Count; i++)
        {
            if (!string.IsNullOrWhiteSpace(facilities[i].Id) && !seen.Add(facilities[i].Id))
                yield return new FacilityProblem(i, "Id", $"is {facilities[i].Id}, which another facility has; each id may stand once.");
            foreach ((string setting, string text) in Check(facilities[i])) yield return new FacilityProblem(i, setting, text);
        }
    }

    private IEnumerable<(string Setting, string Text)> Check(Facility facility)
    {
        if (string.IsNullOrWhiteSpace(facility.Id))
            yield return ("Id", "is empty; it must be the facility's licence number.");
        else if (facility.Id != facility.Id.Trim())
            yield return ("Id", $"is '{facility.Id}'; it must have no space around it.");
        if (string.IsNullOrWhiteSpace(facility.Endpoint))
            yield return ("Endpoint", $"is empty; it must say where the files of facility {facility.Id} are.");
        if (!_kinds.Contains(facility.PollerKind, StringComparer.Ordinal))
            yield return ("Poller", $"is '{facility.PollerKind}'; it must be one of the registered pollers: {string.Join(", ", _kinds)}.");
        if (facility.Interval is { } interval && (interval < TimeSpan.FromSeconds(1) || interval > TimeSpan.FromDays(7)))
            yield return ("Interval", $"is {interval}; it must be from 00:00:01 to 7.00:00:00.");
        if (facility.PollTimeout is { } timeout && (timeout < TimeSpan.FromSeconds(1) || timeout > TimeSpan.FromDays(1)))
            yield return ("PollTimeout", $"is {timeout}; it must be from 00:00:01 to 1.00:00:00.");
        if (facility.Priority is < -10 or > 10)
            yield return ("Priority", string.Create(CultureInfo.InvariantCulture, $"is {facility.Priority}; it must be from -10 to 10."));
        if (facility.Window is not { } window) yield break;
        if (window.From == window.To)
        {
            yield return ("Window", string.Create(
                CultureInfo.InvariantCulture, $"is from {window.From:HH:mm:ss} to {window.To:HH:mm:ss}; the two must differ. Without a window the facility is polled at all times."));
        }

        if (string.IsNullOrEmpty(window.TimeZone) || !TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
            yield return ("Window:TimeZone", $"is '{window.TimeZone}'; it must be the IANA name of a time zone that this machine's time zone data (tzdata) holds, for example Asia/Dubai.");
    }
}

/// <summary>What is wrong with a facility.</summary>
/// <param name="Index">Which of the facilities it is.</param>
/// <param name="Setting">The setting's name in the configuration, below the facility.</param>
/// <param name="Text">The value and what is allowed; it follows the name of the setting.</param>
internal sealed record FacilityProblem(int Index, string Setting, string Text);
