namespace Claims.Ingestion.Facilities;

/// <summary>Answers how a facility logs in at its gateway. Built in: the configuration section <c>Credentials:&lt;facility id&gt;</c>.</summary>
public interface ICredentialProvider
{
    /// <summary>Returns the facility's credential as it is now. It is asked before every call, so that a change takes effect at once.</summary>
    /// <param name="facility">The facility.</param>
    /// <param name="cancellationToken">The token to cancel the asking.</param>
    /// <returns>The credential, or <see langword="null"/> when the facility has none.</returns>
    ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken);
}
