using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class PostgresActionTrailTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OperatorActions Actions => _services.GetRequiredService<OperatorActions>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(
            _database.ConnectionString,
            new Dictionary<string, string?> { ["Claims:Facilities:0:Id"] = "DHA-F-0000001", ["Claims:Facilities:0:Poller"] = "directory", ["Claims:Facilities:0:Endpoint"] = "/nowhere" });
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Actions_DoneAndRefused_AreKeptForAllHosts()
    {
        Assert.IsType<PostgresActionTrail>(_services.GetRequiredService<IActionTrail>());
        OperatorAction paused = await Actions.PauseAsync("DHA-F-0000001", "Ann", Token);
        await Assert.ThrowsAsync<OperatorActionException>(() => Actions.RequeueAsync(77, "Ben", Token));
        OperatorAction refreshed = await (await Actions.RefreshViewAsync("mv_balance_amount_summary", "Ann", Token)).Completion;

        Assert.Null(refreshed.Error);
        Assert.Equal(
            [
                "(Ann,pause,DHA-F-0000001,\"paused until it is resumed\",,t,t)",
                "(Ben,requeue,77,,\"There is no file 77 in the ledger; see the list of files for the numbers.\",t,t)",
                $"(Ann,refresh,mv_balance_amount_summary,\"{refreshed.Outcome}\",,t,t)",
            ],
            await _database.RowsAsync("SELECT by_whom, action, target, outcome, error, ended_at >= at, host <> '' FROM claims.operator_action ORDER BY id"));
        Assert.Equal(["refresh", "requeue"], (await Actions.GetActionsAsync(null, 2, Token)).Select(a => a.Action));
        Assert.Equal(paused, Assert.Single(await Actions.GetActionsAsync((await Actions.GetActionsAsync(null, 2, Token))[1].Id, 2, Token)));
    }

    [Fact]
    public async Task Requeue_CauseIsMended_StoresTheFile()
    {
        await _database.ExecuteAsync("ALTER TABLE claims.claim ADD CONSTRAINT net_positive CHECK (net > 0)");
        byte[] content = System.Text.Encoding.UTF8.GetBytes(
            """
            <Claim.Submission>
              <Header><SenderID>DHA-F-0000001</SenderID><ReceiverID>TPA001</ReceiverID><TransactionDate>01/03/2026 08:00</TransactionDate><RecordCount>1</RecordCount><DispositionFlag>PRODUCTION</DispositionFlag></Header>
              <Claim><ID>C1</ID><MemberID>M</MemberID><PayerID>INS001</PayerID><ProviderID>DHA-F-0000001</ProviderID><EmiratesIDNumber>784-1980-1234567-1</EmiratesIDNumber><Gross>0</Gross><PatientShare>0</PatientShare><Net>0</Net>
                <Activity><ID>A1</ID><Start>01/03/2026 08:00</Start><Type>3</Type><Code>99213</Code><Quantity>1</Quantity><Net>0</Net><Clinician>D1</Clinician></Activity></Claim>
            </Claim.Submission>
            """);
        var file = new ClaimFile
        {
            FacilityId = "DHA-F-0000001", ExternalId = "a", Name = "a.xml", ReceivedAt = Sample.Day1, Length = content.Length, ContentHash = System.Security.Cryptography.SHA256.HashData(content), OpenRead = () => new MemoryStream(content),
        };
        Assert.Equal(1, (await _services.GetRequiredService<BatchWriter>().WriteAsync([_services.GetRequiredService<FileLoader>().Load(file, isCut: false, Token)], Token))[0]!.Counts.LeftOut);
        long id = await _database.ScalarAsync<long>("SELECT id FROM claims.claim_file");

        FileFate still = await Actions.RequeueAsync(id, "Ann", Token);
        await _database.ExecuteAsync("ALTER TABLE claims.claim DROP CONSTRAINT net_positive");
        FileFate mended = await Actions.RequeueAsync(id, "Ann", Token);
        var nothing = await Assert.ThrowsAsync<OperatorActionException>(() => Actions.RequeueAsync(id, "Ann", Token));

        Assert.Equal((new FileCounts(0, 0, 0, 1), new FileCounts(1, 1, 0, 0)), (still.Counts, mended.Counts));
        Assert.Equal(["(C1)"], await _database.RowsAsync("SELECT claim_id FROM claims.claim"));
        Assert.Equal((OperatorRefusal.NotPossible, "The file cannot be stored again: there is nothing to replay: the file is stored and no claim of it is left out."), (nothing.Refusal, nothing.Message));
        Assert.Equal(
            ["(\"stored: 0 claims, 1 left out\")", "(\"stored: 1 claims, 0 left out\")", "()"], await _database.RowsAsync("SELECT outcome FROM claims.operator_action ORDER BY id"));
    }

    [Fact]
    public async Task Actions_ThatCannotBeRecorded_AreNotDone()
    {
        await _database.ExecuteAsync("ALTER TABLE claims.operator_action RENAME TO gone");

        var refusal = await Assert.ThrowsAsync<OperatorActionException>(() => Actions.PauseAsync("DHA-F-0000001", "Ann", Token));

        Assert.Equal(
            (OperatorRefusal.Failed, "Nothing was done, because it could not be recorded: PostgreSQL reported 42P01 (a table is missing: is the schema migrated?). Ask again when the database is available."),
            (refusal.Refusal, refusal.Message));
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.facility_state WHERE is_paused"));
    }
}
