namespace Claims.Ingestion.Facilities;

/// <summary>Answers which facilities there are now. Built in: the configuration section, reloaded when it changes, and a table of PostgreSQL.</summary>
public interface IFacilityDirectory
{
    /// <summary>Returns the facilities as they are now. It is asked before every planning round, so it should be cheap.</summary>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The facilities; each id once. While nothing has changed it should be the same list: what is the same need not be planned anew.</returns>
    ValueTask<IReadOnlyList<Facility>> GetFacilitiesAsync(CancellationToken cancellationToken);
}
