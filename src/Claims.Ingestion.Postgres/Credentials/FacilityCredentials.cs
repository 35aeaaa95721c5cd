using System.Globalization;
using System.Security.Cryptography;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.DataSources;
using Claims.Ingestion.Postgres.Writing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>
/// The logins of facilities in the table <c>claims.facility_credential</c>, encrypted with ASP.NET Core Data Protection: for operators and
/// their endpoints. Resolve it from the services after <c>AddCredentialTable</c>. No method returns a login or a password, and none logs one.
/// </summary>
public sealed class FacilityCredentials
{
    private readonly RoleDataSource _dataSource;
    private readonly CredentialProtection _protection;
    private readonly ILogger<FacilityCredentials> _logger;
    private int _changes;

    internal FacilityCredentials(RoleDataSource dataSource, CredentialProtection protection, ILogger<FacilityCredentials> logger)
    {
        _dataSource = dataSource;
        _protection = protection;
        _logger = logger;
    }

    /// <summary>How many changes were made here: what was read before the last of them may be old.</summary>
    internal int Changes => Volatile.Read(ref _changes);

    /// <summary>Sets or replaces a facility's credential. This host uses it at the next call, other hosts within 5 seconds.</summary>
    /// <param name="facilityId">The facility's id, exactly as it is configured. The facility need not be known yet.</param>
    /// <param name="credential">The login and the password.</param>
    /// <param name="cancellationToken">The token to cancel the setting.</param>
    /// <returns>A task that ends when the credential is stored.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    /// <exception cref="CryptographicException">The key ring of Data Protection cannot be read or written.</exception>
    public async Task SetAsync(string facilityId, FacilityCredential credential, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(facilityId);
        ArgumentNullException.ThrowIfNull(credential);
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO claims.facility_credential (facility_id, protected) VALUES ($1, $2)
            ON CONFLICT (facility_id) DO UPDATE SET protected = excluded.protected, changed_at = excluded.changed_at
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = _protection.Protect(facilityId, credential) });
        await command.ExecuteNonQueryAsync(cancellationToken);
        Interlocked.Increment(ref _changes);
        _logger.CredentialSet(facilityId);
    }

    /// <summary>Removes a facility's credential from the table: the facility uses that of the configuration again, if it has one there.</summary>
    /// <param name="facilityId">The facility's id.</param>
    /// <param name="cancellationToken">The token to cancel the removing.</param>
    /// <returns>Whether the table had one.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task<bool> RemoveAsync(string facilityId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(facilityId);
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand("DELETE FROM claims.facility_credential WHERE facility_id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        Interlocked.Increment(ref _changes);
        _logger.CredentialRemoved(facilityId);
        return true;
    }

    /// <summary>Lists the facilities that have a credential in the table, each with the key that it is encrypted with.</summary>
    /// <param name="cancellationToken">The token to cancel the listing.</param>
    /// <returns>The facilities, ordered by id.</returns>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    public async Task<IReadOnlyList<CredentialEntry>> ListAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT facility_id, changed_at, substring(protected FOR $1) FROM claims.facility_credential ORDER BY facility_id",
            connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = CredentialProtection.HeaderLength });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<CredentialEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            Guid? keyId = CredentialProtection.KeyOf(reader.GetFieldValue<byte[]>(2));
            entries.Add(new CredentialEntry(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), keyId));
        }

        return entries;
    }

    /// <summary>
    /// Protects every credential anew with the current key: after a key rotation, and before a key is deleted or revoked. Credentials that
    /// are set meanwhile stay as they were set. It may be called again at any time.
    /// </summary>
    /// <remarks>
    /// Data Protection keeps the key ring in memory, for up to a day, and renews it in the background: right after a key was made, this host may go on
    /// with the old one. So restart the hosts first, and delete or revoke a key only when <see cref="ListAsync"/> shows it no more.
    /// </remarks>
    /// <param name="cancellationToken">The token to cancel the work; what is done stays done.</param>
    /// <returns>How many credentials were protected anew.</returns>
    /// <exception cref="InvalidOperationException">Some cannot be decrypted; the log names each. They were left as they are, and all others were protected anew.</exception>
    /// <exception cref="NpgsqlException">The database is away or refuses.</exception>
    /// <exception cref="CryptographicException">The key ring of Data Protection cannot be read or written.</exception>
    public async Task<int> ReprotectAsync(CancellationToken cancellationToken)
    {
        int done = 0;
        int unreadable = 0;
        foreach (CredentialEntry entry in await ListAsync(cancellationToken))
        {
            switch (await ReprotectAsync(entry.FacilityId, cancellationToken))
            {
                case true:
                    done++;
                    break;
                case false:
                    unreadable++;
                    _logger.CredentialUnreadable(entry.FacilityId);
                    break;
            }
        }

        _logger.CredentialsReprotected(done);
        return unreadable == 0 ? done : throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"{done} credentials were protected anew, but {unreadable} cannot be decrypted: the log names their facilities (event 5103). " +
            $"Can this host read the whole key ring of Data Protection? If a key is lost, set its credentials anew with SetAsync, or remove them."));
    }

    /// <returns>The credential in the table, or <see langword="null"/> when the facility has none there.</returns>
    /// <exception cref="FacilityPollException">The credential cannot be read or decrypted.</exception>
    internal async Task<FacilityCredential?> FindAsync(string facilityId, CancellationToken cancellationToken)
    {
        // No inner exceptions: what they quote is not known.
        byte[]? bytes;
        try
        {
            await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT protected FROM claims.facility_credential WHERE facility_id = $1", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
            bytes = (byte[]?)await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw NotRead(facilityId, StoreErrors.Describe(exception).Message);
        }

        return bytes is null ? null : _protection.Unprotect(facilityId, bytes) ?? throw new FacilityPollException(
            $"Facility {facilityId}: its login in claims.facility_credential cannot be decrypted. Are the keys of Data Protection persisted, shared by every host " +
            "under the same application name, and none of them deleted or revoked? A host that started before a key was made may need a restart to see it. " +
            "If the key is lost, set the credential anew (FacilityCredentials.SetAsync).");
    }

    private static FacilityPollException NotRead(string facilityId, string reason) =>
        new($"Facility {facilityId}: its login could not be read from claims.facility_credential, since {reason}; the next poll tries again.");

    /// <returns>Whether it could be decrypted, or <see langword="null"/> when it was removed meanwhile.</returns>
    private async Task<bool?> ReprotectAsync(string facilityId, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _dataSource.OpenPrimaryAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var read = new NpgsqlCommand("SELECT protected FROM claims.facility_credential WHERE facility_id = $1 FOR UPDATE", connection);
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        if (await read.ExecuteScalarAsync(cancellationToken) is not byte[] bytes) return null;
        if (_protection.Unprotect(facilityId, bytes) is not { } credential) return false;

        await using var write = new NpgsqlCommand("UPDATE claims.facility_credential SET protected = $2 WHERE facility_id = $1", connection);
        write.Parameters.Add(new NpgsqlParameter<string> { TypedValue = facilityId });
        write.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = _protection.Protect(facilityId, credential) });
        await write.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
