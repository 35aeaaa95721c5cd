namespace Claims.Ingestion.Views;

/// <summary>Decides whether a report view is refreshed now, and says why. <see cref="RefreshPolicy"/> has the usual ones, to be combined.</summary>
public interface IRefreshPolicy
{
    /// <summary>Decides. It must be quick and without side effects.</summary>
    /// <param name="view">The state of the view.</param>
    /// <returns>The decision and its reason.</returns>
    RefreshDecision Decide(ViewState view);
}
