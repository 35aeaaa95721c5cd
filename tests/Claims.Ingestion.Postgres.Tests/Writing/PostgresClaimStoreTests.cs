using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>On the newest PostgreSQL of this machine.</summary>
public sealed class PostgresNewestClaimStoreTests() : PostgresClaimStoreTests(PostgresServer.AllVersions.FirstOrDefault());

/// <summary>On the oldest PostgreSQL of this machine, which may be the newest too.</summary>
public sealed class PostgresOldestClaimStoreTests() : PostgresClaimStoreTests(PostgresServer.AllVersions.LastOrDefault());

public abstract class PostgresClaimStoreTests(PostgresBinaries? version) : ClaimStoreConformance, IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    protected override IClaimStore Store => _services.Store();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync(version);
        _services = TestServices.Create(_database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task StoreAsync_Quarantined_KeepsTheBytes()
    {
        await Store.StoreAsync([new SampleFile("q", ReadOutcome.Quarantined("broken"), [], content: "<Claim")], TestContext.Current.CancellationToken);

        Assert.Equal("<Claim", await _database.ScalarAsync<string>("SELECT convert_from(content, 'UTF8') FROM claims.claim_file_content"));
    }

    [Fact]
    public async Task StoreAsync_Files_SayWhereTheyComeFrom()
    {
        var pollId = Guid.NewGuid();
        await Store.StoreAsync([new SampleFile("a", ReadOutcome.Quarantined("broken"), [], pollId: pollId, traceId: "00112233445566778899aabbccddeeff"), Sample.Submission("b", Sample.Day1, Sample.Claim("C1", 10))], TestContext.Current.CancellationToken);
        await Store.StoreAsync([Sample.Submission("c", Sample.Day1, Sample.Claim("C2", 10))], TestContext.Current.CancellationToken);
        string[] batches = [.. await _database.RowsAsync("SELECT batch_id FROM claims.claim_file ORDER BY external_id")];

        Assert.Equal(
            [$"(a,{HostName.Value},{pollId},00112233445566778899aabbccddeeff)", $"(b,{HostName.Value},,)", $"(c,{HostName.Value},,)"],
            await _database.RowsAsync("SELECT external_id, host, poll_id, trace_id FROM claims.claim_file ORDER BY external_id"));
        Assert.Equal((batches[0], 2), (batches[1], batches.Distinct().Count()));

        // What stores a quarantined file later is its origin from then on, but for the poll that fetched it.
        await Store.ReplayAsync(new SampleFile("a", Sample.Outcome(ClaimFileKind.Submission, Sample.Day1, 1), [new ClaimSlice { Submitted = [Sample.Claim("C3", 10)] }]), null, TestContext.Current.CancellationToken);

        Assert.Equal([$"({pollId},t,t)"], await _database.RowsAsync($"SELECT poll_id, batch_id <> '{batches[0].Trim('(', ')')}', trace_id IS NULL FROM claims.claim_file WHERE external_id = 'a'"));
    }

    [Fact]
    public async Task StoreAsync_EveryColumn_IsReadBackAsGiven()
    {
        SubmittedClaim claim = new()
        {
            Position = 3,
            Id = "C 1/x",
            ProviderId = "P",
            PayerId = "Y",
            IdPayer = "IP",
            MemberId = "M",
            EmiratesId = "111-1111-1111111-1",
            Gross = 12.3456m,
            PatientShare = 0.3333m,
            Net = -1.50m,
            Encounter = new Encounter
            {
                FacilityId = "F",
                Type = "3",
                PatientId = "PT",
                Start = Sample.Day1,
                End = Sample.Day1.AddDays(2),
                StartType = "1",
                EndType = "4",
                TransferSource = "TS",
                TransferDestination = "TD",
            },
            Diagnoses = [new Diagnosis { Type = "Principal", Code = "D1" }, new Diagnosis { Type = null, Code = "D2" }],
            Activities =
            [
                new SubmittedActivity
                {
                    Id = "A", Start = Sample.Day1, Type = "3", Code = "K", Quantity = 0.3333m, Net = 99999.99m, Clinician = "CL", PriorAuthorizationId = "PA",
                    Observations = [new Observation { Type = "File", Code = "PDF", Content = [0, 1, 255] }, new Observation { Type = "Text", Value = "v", ValueType = "t" }],
                },
            ],
            Resubmission = new Resubmission { Type = "correction", Comment = "again", Attachment = [9] },
            PackageName = "PK",
        };

        await Store.StoreAsync([Sample.Submission("s", Sample.Day1, claim)], TestContext.Current.CancellationToken);

        Assert.Equal(
            ["(3,P,\"C 1/x\",IP,M,Y,111-1111-1111111-1,12.3456,0.3333,-1.50,F,3,PT,\"2026-03-01 04:00:00\",\"2026-03-03 04:00:00\",1,4,TS,TD,PK,t,correction,again,\"\\\\x09\")"],
            await _database.RowsAsync(
                """
                SELECT claim_no, provider_id, claim_id, id_payer, member_id, payer_id, emirates_id, gross, patient_share, net, encounter_facility_id, encounter_type, patient_id,
                       encounter_start AT TIME ZONE 'UTC', encounter_end AT TIME ZONE 'UTC', encounter_start_type, encounter_end_type, transfer_source, transfer_destination, package_name,
                       is_marked_resubmission, resubmission_type, resubmission_comment, resubmission_attachment
                FROM claims.claim
                """));
        Assert.Equal(["(3,1,Principal,D1)", "(3,2,,D2)"], await _database.RowsAsync("SELECT claim_no, line_no, type, code FROM claims.diagnosis ORDER BY line_no"));
        Assert.Equal(
            ["(3,1,A,3,K,0.3333,99999.99,CL,PA)"],
            await _database.RowsAsync("SELECT claim_no, line_no, activity_id, type, code, quantity, net, clinician, prior_authorization_id FROM claims.activity"));
        Assert.Equal(
            ["(3,1,1,File,PDF,,,\"\\\\x0001ff\")", "(3,1,2,Text,,v,t,)"],
            await _database.RowsAsync("SELECT claim_no, activity_line_no, line_no, type, code, value, value_type, content FROM claims.observation ORDER BY line_no"));
    }

    [Fact]
    public async Task StoreAsync_ValueThatTheServerRefuses_IsNotTransientAndSaysNoContent()
    {
        SubmittedClaim claim = Sample.Claim("SECRET\0VALUE", 1m);

        ClaimRefusedException exception = await Assert.ThrowsAsync<ClaimRefusedException>(
            () => Store.StoreAsync([Sample.Submission("s", Sample.Day1, claim)], TestContext.Current.CancellationToken));

        Assert.False(exception.IsTransient);
        Assert.Equal(new RefusedClaim(1, "PostgreSQL reported 22021 (a value does not fit its column) in claim.claim_id"), Assert.Single(exception.Claims));
        Assert.Contains("22021", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", exception.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, 0, 0, 0), await CountAsync());
    }

    [Fact]
    public async Task StoreAsync_TableMissing_IsTransientSoThatNoFileIsQuarantinedForIt()
    {
        await _database.ExecuteAsync("ALTER TABLE claims.activity RENAME TO activity_away");

        ClaimStoreException exception = await Assert.ThrowsAsync<ClaimStoreException>(
            () => Store.StoreAsync([Sample.Submission("s", Sample.Day1, Sample.Claim("C", 1m))], TestContext.Current.CancellationToken));

        Assert.True(exception.IsTransient);
        Assert.Contains("is the schema migrated", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreAsync_Changes_AreCountedInTheSameTransaction()
    {
        await Store.StoreAsync([Sample.Submission("s", Sample.Day1, Sample.Claim("C1", 1m), Sample.Claim("C2", 1m, 2))], TestContext.Current.CancellationToken);
        await Store.StoreAsync([new SampleFile("q", ReadOutcome.Quarantined("broken"), [])], TestContext.Current.CancellationToken);

        Assert.Equal(["(2)"], await _database.RowsAsync("SELECT rows FROM claims.view_change"));
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim c JOIN claims.view_change v ON c.xmin = xid(v.xid) WHERE c.claim_id = 'C1'"));
    }

    protected override async Task<(long Claims, long Activities, long Remitted, long Errors)> CountAsync() => (
        await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim"),
        await _database.ScalarAsync<long>("SELECT count(*) FROM claims.activity"),
        await _database.ScalarAsync<long>("SELECT count(*) FROM claims.remittance_claim"),
        await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_error"));
}
