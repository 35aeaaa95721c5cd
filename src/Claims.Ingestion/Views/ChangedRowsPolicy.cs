using System.Globalization;

namespace Claims.Ingestion.Views;

/// <summary>Refreshes a view when enough rows changed, or when it is too old and something changed; otherwise it is skipped.</summary>
/// <param name="changedRows">How many changed claims are enough.</param>
/// <param name="maxStaleness">How long a change may wait.</param>
internal sealed class ChangedRowsPolicy(long changedRows, TimeSpan maxStaleness) : IRefreshPolicy
{
    public RefreshDecision Decide(ViewState view)
    {
        if (view.SinceRefresh is null) return new(true, "it was never refreshed");
        if (view.ChangedRows == 0) return new(false, "nothing changed since its last refresh");
        if (view.ChangedRows >= changedRows)
            return new(true, Text($"{view.ChangedRows} claims changed, at least {changedRows}"));
        return view.SinceFirstChange >= maxStaleness
            ? new(true, Text($"{view.ChangedRows} claims changed and the oldest change waits {view.SinceFirstChange.Value.TotalSeconds:F0} s, at least {maxStaleness.TotalSeconds:F0} s"))
            : new(false, Text($"only {view.ChangedRows} claims changed, fewer than {changedRows}, none waits {maxStaleness.TotalSeconds:F0} s"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
