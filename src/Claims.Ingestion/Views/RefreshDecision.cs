namespace Claims.Ingestion.Views;

/// <summary>What a policy wants. Where several are combined, the later of these values goes before the earlier ones.</summary>
public enum RefreshVerdict
{
    /// <summary>Sees no reason to refresh the view; others may.</summary>
    Skip,

    /// <summary>The view should be refreshed.</summary>
    Refresh,

    /// <summary>Not now, whoever wants it.</summary>
    Defer,

    /// <summary>The view must be refreshed, whoever wants to wait.</summary>
    Require,
}

/// <summary>Whether to refresh a view, and why.</summary>
/// <param name="Verdict">What is decided.</param>
/// <param name="Reason">Why, in words for operators.</param>
/// <param name="Until">Of <see cref="RefreshVerdict.Defer"/>: when it may be refreshed; <see langword="null"/> when that is not known.</param>
public readonly record struct RefreshDecision(RefreshVerdict Verdict, string Reason, DateTimeOffset? Until = null)
{
    /// <summary>Whether the view is refreshed now.</summary>
    public bool IsRefresh => Verdict is RefreshVerdict.Refresh or RefreshVerdict.Require;
}
