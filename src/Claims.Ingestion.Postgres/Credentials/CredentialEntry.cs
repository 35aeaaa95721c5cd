namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>A facility that has a credential in the table, without the credential.</summary>
/// <param name="FacilityId">The facility's id.</param>
/// <param name="ChangedAt">When the credential was set, by the database's clock.</param>
public sealed record CredentialEntry(string FacilityId, DateTimeOffset ChangedAt);
