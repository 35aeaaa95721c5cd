using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Postgres.Credentials;
using Claims.Ingestion.TestSupport;

namespace Claims.Ingestion.Postgres.Tests.Credentials;

public sealed class TableCredentialsTests : IAsyncLifetime
{
    private const string Facility = "DHA-F-0000001";

    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("claims-keys-");
    private ClaimsDatabase _database = null!;
    private CredentialHost _host = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _host = new CredentialHost(_database.ConnectionString, _keys, new Dictionary<string, string?>
        {
            [$"Claims:Credentials:{Facility}:Login"] = "configured",
            [$"Claims:Credentials:{Facility}:Password"] = "0",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _keys.Delete(recursive: true);
    }

    [Fact]
    public async Task GetCredential_FacilityWithoutARow_HasThatOfTheConfiguration()
    {
        Assert.Equal(("configured", "0"), await _host.AskAsync(Facility));
        Assert.Null(await _host.AskAsync("DHA-F-0000002"));

        await _host.Table.SetAsync(Facility, new FacilityCredential("a", "1"), Token);
        Assert.Equal(("a", "1"), await _host.AskAsync(Facility));

        await _host.Table.RemoveAsync(Facility, Token);
        Assert.Equal(("configured", "0"), await _host.AskAsync(Facility));
    }

    [Fact]
    public async Task GetCredential_ChangedByAnotherHost_IsSeenAfterFiveSeconds()
    {
        await using CredentialHost other = new(_database.ConnectionString, _keys);
        await _host.Table.SetAsync(Facility, new FacilityCredential("a", "1"), Token);
        await _host.AskAsync(Facility);
        await other.Table.SetAsync(Facility, new FacilityCredential("b", "2"), Token);

        _host.Time.Advance(TableCredentials.KeepFor - TimeSpan.FromTicks(1));
        Assert.Equal(("a", "1"), await _host.AskAsync(Facility));

        _host.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(("b", "2"), await _host.AskAsync(Facility));
    }

    [Fact]
    public async Task GetCredential_TableMissing_SaysSo()
    {
        await _database.ExecuteAsync("DROP TABLE claims.facility_credential");

        FacilityPollException exception = await Assert.ThrowsAsync<FacilityPollException>(() => _host.AskAsync(Facility));

        Assert.Equal(
            $"Facility {Facility}: its login could not be read from claims.facility_credential, since PostgreSQL reported 42P01 (a table is missing: is the schema migrated?); the next poll tries again.",
            exception.Message);
    }

    [Fact]
    public async Task GetCredential_DatabaseAway_SaysSo()
    {
        await using CredentialHost away = new("Host=127.0.0.1;Port=1;Username=claims;Database=claims", _keys);

        FacilityPollException exception = await Assert.ThrowsAsync<FacilityPollException>(() => away.AskAsync(Facility));

        Assert.Equal(
            $"Facility {Facility}: its login could not be read from claims.facility_credential, since the database cannot be reached: SocketException; the next poll tries again.",
            exception.Message);
        Assert.Null(exception.InnerException);
    }
}
