namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>A facility that has a credential in the table, without the credential.</summary>
/// <param name="FacilityId">The facility's id.</param>
/// <param name="ChangedAt">When the credential was set, by the database's clock.</param>
/// <param name="KeyId">The Data Protection key that it is encrypted with, which must be neither deleted nor revoked; <see langword="null"/> when the bytes name none.</param>
public sealed record CredentialEntry(string FacilityId, DateTimeOffset ChangedAt, Guid? KeyId);
