namespace Claims.Ingestion.Views;

/// <summary>Decides whether a report view is refreshed now, and says why.</summary>
public interface IRefreshPolicy
{
    /// <summary>Decides. It must be quick and without side effects.</summary>
    /// <param name="view">The state of the view.</param>
    /// <returns>The decision and its reason.</returns>
    RefreshDecision Decide(ViewState view);
}

/// <summary>What a policy knows of a view.</summary>
/// <param name="Name">The view's name.</param>
/// <param name="ChangedRows">How many claims were stored since its last refresh.</param>
/// <param name="SinceRefresh">How long ago it was refreshed; <see langword="null"/> when it never was.</param>
/// <param name="SinceFirstChange">How long ago the oldest change that it does not show was stored; <see langword="null"/> when it shows everything.</param>
/// <param name="LastDuration">How long its last refresh took; <see langword="null"/> when it never was refreshed.</param>
public sealed record ViewState(string Name, long ChangedRows, TimeSpan? SinceRefresh, TimeSpan? SinceFirstChange, TimeSpan? LastDuration);

/// <summary>Whether to refresh a view, and why.</summary>
/// <param name="IsRefresh">Whether to refresh it now.</param>
/// <param name="Reason">Why, in words for operators.</param>
public readonly record struct RefreshDecision(bool IsRefresh, string Reason);
