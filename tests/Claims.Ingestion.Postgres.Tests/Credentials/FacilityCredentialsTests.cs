using System.Text;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.Credentials;
using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Credentials;

public sealed class FacilityCredentialsTests : IAsyncLifetime
{
    private const string Facility = "DHA-F-0000001";
    private const string Other = "DHA-F-0000002";

    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("claims-keys-");
    private ClaimsDatabase _database = null!;
    private CredentialHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = NewHost();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _keys.Delete(recursive: true);
    }

    [Theory]
    [InlineData("clinic-login", "pass-word-1")]
    [InlineData("عيادة \"1\"", "\\p\0 ä\n'; --")]
    public async Task SetAsync_AnyText_IsReadBackAsGivenByEveryHost(string login, string password)
    {
        await using CredentialHost other = NewHost();

        await _host.Table.SetAsync(Facility, new FacilityCredential(login, password), Token);

        Assert.Equal((login, password), await _host.AskAsync(Facility));
        Assert.Equal((login, password), await other.AskAsync(Facility));
    }

    [Fact]
    public async Task SetAsync_WhatIsStored_ContainsNeitherLoginNorPassword()
    {
        await SetAsync(Facility, "clinic-login", "pass-word-1");

        string stored = Encoding.Latin1.GetString(await _database.ScalarAsync<byte[]>("SELECT protected FROM claims.facility_credential"));

        Assert.DoesNotContain("clinic-login", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-word-1", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetAsync_Again_ReplacesTheCredentialAndItsTime()
    {
        await SetAsync(Facility, "a", "1");
        await _database.ExecuteAsync("UPDATE claims.facility_credential SET changed_at = '2020-01-01'");

        await SetAsync(Facility, "b", "2");

        CredentialEntry entry = Assert.Single(await _host.Table.ListAsync(Token));
        Assert.Equal(Facility, entry.FacilityId);
        Assert.Equal(Assert.Single(_host.Keys.GetAllKeys()).KeyId, entry.KeyId);
        Assert.True(entry.ChangedAt.Year > 2020);
        Assert.Equal(("b", "2"), await _host.AskAsync(Facility));
    }

    [Fact]
    public async Task RemoveAsync_KnownAndUnknownFacility_SaysWhetherThereWasOne()
    {
        await SetAsync(Facility, "a", "1");
        await _host.AskAsync(Facility);

        Assert.True(await _host.Table.RemoveAsync(Facility, Token));
        Assert.False(await _host.Table.RemoveAsync(Facility, Token));

        Assert.Null(await _host.AskAsync(Facility));
        Assert.Empty(await _host.Table.ListAsync(Token));
    }

    [Fact]
    public async Task ReprotectAsync_ThenTheOldKeyIsRevoked_StillReads()
    {
        await SetAsync(Facility, "a", "1");
        await SetAsync(Other, "b", "2");
        IReadOnlyList<CredentialEntry> before = await _host.Table.ListAsync(Token);
        Guid oldKey = Assert.Single(_host.Keys.GetAllKeys()).KeyId;
        Guid newKey = _host.RotateKey();
        await using CredentialHost restarted = NewHost();

        Assert.Equal(2, await restarted.Table.ReprotectAsync(Token));

        restarted.Keys.RevokeKey(oldKey, "test");
        await using CredentialHost later = NewHost();
        Assert.Equal(("a", "1"), await later.AskAsync(Facility));
        Assert.Equal(("b", "2"), await later.AskAsync(Other));
        Assert.All(before, entry => Assert.Equal(oldKey, entry.KeyId));
        Assert.Equal(before.Select(entry => entry with { KeyId = newKey }), await later.Table.ListAsync(Token));
    }

    [Fact]
    public async Task ReprotectAsync_OneCannotBeDecrypted_DoesTheOthersAndNamesIt()
    {
        await SetAsync(Facility, "a", "1");
        await SetAsync(Other, "b", "2");
        await _database.ExecuteAsync($"UPDATE claims.facility_credential SET protected = '\\x0102' WHERE facility_id = '{Facility}'");
        byte[] before = await ProtectedAsync(Other);

        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(() => _host.Table.ReprotectAsync(Token));

        Assert.StartsWith("1 credentials were protected anew, but 1 cannot be decrypted: the log names their facilities", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Facility, Assert.Single(_host.Logs.GetSnapshot(), record => record.Id.Id == 5103).Message, StringComparison.Ordinal);
        Assert.NotEqual(before, await ProtectedAsync(Other));
        Assert.Equal([1, 2], await ProtectedAsync(Facility));
    }

    [Fact]
    public async Task ReprotectAsync_WhileAnotherSets_KeepsWhatWasSet()
    {
        await SetAsync(Facility, "new", "2");
        byte[] newer = await ProtectedAsync(Facility);
        await SetAsync(Facility, "old", "1");
        await using NpgsqlConnection other = await _database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var set = new NpgsqlCommand("UPDATE claims.facility_credential SET protected = $1", other, transaction) { Parameters = { new() { Value = newer } } })
            await set.ExecuteNonQueryAsync(Token);

        Task<int> reprotect = _host.Table.ReprotectAsync(Token);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await _database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'claims-ingestion' AND wait_event_type = 'Lock')"))
            limit.Token.ThrowIfCancellationRequested();
        await transaction.CommitAsync(Token);

        Assert.Equal(1, await reprotect);
        Assert.Equal(("new", "2"), await _host.AskAsync(Facility));
    }

    [Fact]
    public async Task GetCredential_KeyRevokedWithoutReprotect_SaysWhatToDo()
    {
        await SetAsync(Facility, "clinic-login", "pass-word-1");
        _host.Keys.RevokeKey(Assert.Single(_host.Keys.GetAllKeys()).KeyId, "test");
        await using CredentialHost restarted = NewHost();

        FacilityPollException exception = await Assert.ThrowsAsync<FacilityPollException>(() => restarted.AskAsync(Facility));

        Assert.StartsWith($"Facility {Facility}: its login in claims.facility_credential cannot be decrypted. Are the keys of Data Protection persisted", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("set the credential anew (FacilityCredentials.SetAsync).", exception.Message, StringComparison.Ordinal);
        await restarted.Table.SetAsync(Facility, new FacilityCredential("a", "1"), Token);
        Assert.Equal(("a", "1"), await restarted.AskAsync(Facility));
    }

    [Fact]
    public async Task GetCredential_RowCopiedToAnotherFacility_DoesNotDecrypt()
    {
        await SetAsync(Facility, "a", "1");
        await _database.ExecuteAsync($"INSERT INTO claims.facility_credential SELECT '{Other}', protected FROM claims.facility_credential");

        FacilityPollException exception = await Assert.ThrowsAsync<FacilityPollException>(() => _host.AskAsync(Other));

        Assert.StartsWith($"Facility {Other}: its login in claims.facility_credential cannot be decrypted.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(("a", "1"), await _host.AskAsync(Facility));
    }

    [Fact]
    public async Task LogsAndErrors_OfEverything_AreFreeOfLoginAndPassword()
    {
        await using CredentialHost away = new("Host=127.0.0.1;Port=1;Username=claims;Database=claims", _keys);
        var credential = new FacilityCredential("clinic-login", "pass-word-1");
        await _host.Table.SetAsync(Facility, credential, Token);
        await _host.AskAsync(Facility);
        await _host.Table.ReprotectAsync(Token);
        await _database.ExecuteAsync($"INSERT INTO claims.facility_credential SELECT '{Other}', protected FROM claims.facility_credential");

        List<Exception> errors =
        [
            await Assert.ThrowsAsync<FacilityPollException>(() => _host.AskAsync(Other)),
            await Assert.ThrowsAsync<InvalidOperationException>(() => _host.Table.ReprotectAsync(Token)),
            await Assert.ThrowsAsync<FacilityPollException>(() => away.AskAsync(Facility)),
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => away.Table.SetAsync(Facility, credential, Token)),
        ];
        await _database.ExecuteAsync("ALTER TABLE claims.facility_credential ADD CHECK (protected IS NULL) NOT VALID");
        errors.Add(await Assert.ThrowsAsync<PostgresException>(() => _host.Table.SetAsync(Facility, credential, Token)));
        await _host.Table.RemoveAsync(Facility, Token);

        string[] texts =
        [
            .. errors.Select(error => error.ToString()),
            .. errors.OfType<PostgresException>().Select(error => $"{error.Detail} {error.Where}"),
            .. _host.Logs.GetSnapshot().Concat(away.Logs.GetSnapshot()).Select(record => $"{record.Message} {record.Exception}"),
            credential.ToString(),
        ];
        Assert.Contains(texts, text => text.Contains($"The credential of facility {Facility} was set", StringComparison.Ordinal));
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain("clinic-login", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pass-word-1", text, StringComparison.Ordinal);
        });
    }

    private CredentialHost NewHost() => new(_database.ConnectionString, _keys);

    private Task SetAsync(string facilityId, string login, string password) => _host.Table.SetAsync(facilityId, new FacilityCredential(login, password), Token);

    private Task<byte[]> ProtectedAsync(string facilityId) =>
        _database.ScalarAsync<byte[]>($"SELECT protected FROM claims.facility_credential WHERE facility_id = '{facilityId}'");
}
