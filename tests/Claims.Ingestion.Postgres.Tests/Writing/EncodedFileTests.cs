using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using FacilityGateway;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>Files whose claims are encoded while they are read leave the same rows as files that are stored from their slices.</summary>
public sealed class EncodedFileTests : IAsyncLifetime
{
    private ClaimsDatabase _encoded = null!;
    private ClaimsDatabase _sliced = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _encoded = await ClaimsDatabase.CreateAsync();
        _sliced = await ClaimsDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _encoded.DisposeAsync();
        await _sliced.DisposeAsync();
    }

    [Fact]
    public async Task Store_EncodedFiles_LeaveTheRowsOfTheirSlices()
    {
        ClaimFile[] files = [.. new World(new WorldOptions { Facilities = 3, FilesPerFacility = 8, ClaimsPerFile = 60, BrokenFileShare = 0.1 }).Files().Select(Fetched)];
        await using ServiceProvider encoding = TestServices.Create(_encoded.ConnectionString);
        await using ServiceProvider slicing = TestServices.Create(_sliced.ConnectionString);

        ReadFile[] encoded = [.. files.Select(file => encoding.GetRequiredService<FileLoader>().Load(file, isCut: false, Token))];
        ReadFile[] sliced = [.. files.Select(file => slicing.GetRequiredService<FileLoader>().LoadSlices(file, isCut: false, Token))];
        IReadOnlyList<FileFate> fates = await encoding.Store().StoreAsync(encoded, Token);

        Assert.Equal(await slicing.Store().StoreAsync(sliced, Token), fates);
        Assert.All(encoded.Where(file => file.Outcome!.Status == FileStatus.Stored), file => Assert.IsType<EncodedRows>(file.Encoded));
        Assert.All(sliced, file => Assert.Null(file.Encoded));
        Assert.Contains(fates, fate => fate.Counts.LeftOut > 0);
        Assert.Contains(fates, fate => fate.Counts.RemittanceClaims > 0);
        foreach (ClaimTable table in ClaimTable.All)
        {
            IReadOnlyList<string> rows = await RowsAsync(_encoded, table.Name);
            Assert.NotEmpty(rows);
            Assert.Equal(await RowsAsync(_sliced, table.Name), rows);
        }

        Assert.Equal(await RowsAsync(_sliced, "claim_file_content"), await RowsAsync(_encoded, "claim_file_content"));
    }

    [Fact]
    public async Task Store_EncodedFileThatWasRolledBack_IsStoredByTheNextTry()
    {
        await using ServiceProvider services = TestServices.Create(_encoded.ConnectionString);
        ClaimFile file = Fetched(new World(new WorldOptions { Facilities = 1, FilesPerFacility = 1, ClaimsPerFile = 20, FixedSize = true }).Files().First());
        ReadFile encoded = services.GetRequiredService<FileLoader>().Load(file, isCut: false, Token);
        await _encoded.ExecuteAsync("ALTER TABLE claims.claim_file ADD CONSTRAINT none CHECK (id < 0)");
        await Assert.ThrowsAsync<ClaimStoreException>(() => services.Store().StoreAsync([encoded], Token));
        await _encoded.ExecuteAsync("ALTER TABLE claims.claim_file DROP CONSTRAINT none");

        FileFate fate = Assert.Single(await services.Store().StoreAsync([encoded], Token));

        Assert.Equal(20, fate.Counts.Claims);
        Assert.Equal(20, await _encoded.ScalarAsync<long>("SELECT count(*) FROM claims.claim c JOIN claims.claim_file f ON f.id = c.file_id"));
    }

    [Fact]
    public async Task Copy_HeldRows_AreForgottenWhenTheyAreCopied()
    {
        await using NpgsqlConnection connection = await _encoded.DataSource.OpenConnectionAsync(Token);
        using var rows = new EncodedRows("F");
        using var copy = new ClaimCopy();
        rows.Add(new ClaimSlice { Submitted = [Sample.Claim("a", 1)] });
        copy.Add(await _encoded.ScalarAsync<long>("SELECT claims.first_file_id(claims.file_month()) + 1"), rows);
        Assert.Equal(1, copy.FirstClaimNo);

        await copy.CopyAsync(connection, Token);

        Assert.Equal(0, copy.FirstClaimNo);
        Assert.Null(copy.Find("claim", 1));
        Assert.Equal(1, await _encoded.ScalarAsync<long>("SELECT count(*) FROM claims.claim"));
    }

    // Ids of files are of their database, so the file's own name stands for them.
    private static Task<IReadOnlyList<string>> RowsAsync(ClaimsDatabase database, string table) => database.RowsAsync(
        $"SELECT f.facility_id, f.external_id, to_jsonb(t) - 'file_id' AS content FROM claims.{table} t JOIN claims.claim_file f ON f.id = t.file_id ORDER BY 1, 2, 3");

    private static ClaimFile Fetched(GeneratedFile generated) => Sample.Fetched(generated.FacilityId, generated.Name, generated.ToBytes());
}
