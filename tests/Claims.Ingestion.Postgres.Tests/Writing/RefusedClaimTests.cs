using System.Text;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>Claims that the server refuses, from the bytes of files to the rows, and their replay when the cause is gone.</summary>
public sealed class RefusedClaimTests : IAsyncLifetime
{
    private const string Facility = "DHA-F-0000001";
    private const string Check = "ALTER TABLE claims.claim ADD CONSTRAINT net_positive CHECK (net > 0)";
    private const string NoCheck = "ALTER TABLE claims.claim DROP CONSTRAINT net_positive";
    private const string CheckReason = "PostgreSQL reported 23514 (a constraint does not hold) in claim (net_positive)";

    private ClaimsDatabase _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FileReplay Replay => _services.GetRequiredService<FileReplay>();

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        _services = TestServices.Create(_database.ConnectionString, new Dictionary<string, string?> { ["Claims:Pipeline:SliceClaims"] = "10" });
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Write_SeveralRefusedClaimsInSeveralFiles_LeavesOutOnlyThem()
    {
        await _database.ExecuteAsync(Check);
        await _database.ExecuteAsync("ALTER TABLE claims.activity ADD CONSTRAINT code_known CHECK (code <> 'BAD')");
        ReadFile[] batch =
        [
            Load("a", Submission(Claim("A1"), Claim("A2", net: "-1"), Claim("A3"))),
            Load("b", Submission(Claim("B1"))),
            Load("c", Submission("\n" + Claim("C1", code: "BAD"), Claim("C2"), "\n\n" + Claim("C3", net: "0"), "<Claim/>")),
        ];

        IReadOnlyList<FileFate?> fates = await _services.GetRequiredService<BatchWriter>().WriteAsync(batch, Token);

        Assert.Equal([new FileCounts(2, 2, 0, 1), new FileCounts(1, 1, 0, 0), new FileCounts(1, 1, 0, 3)], fates.Select(f => f!.Counts));
        Assert.All(fates, f => Assert.Equal(FileStatus.Stored, f!.Status));
        Assert.Equal(["(A1)", "(A3)", "(B1)", "(C2)"], await _database.RowsAsync("SELECT claim_id FROM claims.claim ORDER BY 1"));
        Assert.Equal(
            [
                $"(a,2,A2,1,store,\"{CheckReason}\")",
                "(c,1,C1,2,store,\"PostgreSQL reported 23514 (a constraint does not hold) in activity (code_known)\")",
                $"(c,3,C3,4,store,\"{CheckReason}\")",
                "(c,4,,4,required,\"Claim/ID is missing or empty\")",
            ],
            await _database.RowsAsync("SELECT external_id, claim_no, claim_id, line, rule, reason FROM claims.claim_error e JOIN claims.claim_file f ON f.id = e.file_id ORDER BY 1, 2"));
        Assert.Equal(["(a,{2})", "(c,\"{1,3,4}\")"], await _database.RowsAsync("SELECT external_id, claim_nos FROM claims.claim_file_content c JOIN claims.claim_file f ON f.id = c.file_id ORDER BY 1"));
    }

    [Theory]
    [InlineData("CREATE INDEX too_small ON claims.claim (transfer_source)", "54000 (a value is too large) in claim")]
    [InlineData("CREATE INDEX too_small ON claims.claim (left(transfer_source, 6000))", "54000 (a value is too large) in claim (claim_left_idx)")]
    [InlineData("ALTER TABLE claims.claim ALTER COLUMN transfer_source TYPE varchar(100)", "22001 (a value does not fit its column) in claim.transfer_source")]
    [InlineData("CREATE FUNCTION claims.f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.claim_id = 'C15' THEN RAISE EXCEPTION 'no %', NEW.claim_id; END IF; RETURN NEW; END$$; CREATE TRIGGER t BEFORE INSERT ON claims.claim FOR EACH ROW EXECUTE FUNCTION claims.f()", "P0001 (a trigger refuses it) in claim")]
    [InlineData("ALTER TABLE claims.claim ADD CONSTRAINT divides CHECK (1 / (gross - 15) <> 0)", "22012 (a value does not fit its column) in claim")]
    public async Task Write_KindsOfRefusal_NameTheClaim(string change, string reason)
    {
        await _database.ExecuteAsync(change);
        string large = Convert.ToHexString(Enumerable.Range(0, 300).SelectMany(i => System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i))).ToArray());
        ReadFile file = Load("f", Submission([.. Enumerable.Range(1, 20).Select(i => Claim($"C{i}", gross: $"{i}", source: i == 15 ? large : "s"))]));

        FileFate fate = (await _services.GetRequiredService<BatchWriter>().WriteAsync([file], Token))[0]!;

        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(19, 19, 0, 1), null), fate);

        // An index of a partition has the month in its name.
        Assert.Equal(
            [$"(15,C15,store,\"PostgreSQL reported {reason}\")"],
            await _database.RowsAsync("SELECT claim_no, claim_id, rule, regexp_replace(reason, '_\\d{4}_\\d{2}_', '_') FROM claims.claim_error"));
    }

    [Fact]
    public async Task Write_RefusedClaimsInALargeFile_AreFoundInOnePass()
    {
        await _database.ExecuteAsync(Check);
        var store = new CountingStore(_services.Store());
        string filler = new('x', 3000);
        ReadFile file = Load("f", Submission([.. Enumerable.Range(1, 6000).Select(i => Claim($"C{i}", net: i % 500 == 0 ? "-1" : "1", source: filler))]));
        Assert.IsType<StreamedFile>(file);

        FileFate fate = (await Writer(store).WriteAsync([file], Token))[0]!;

        Assert.Equal(new FileCounts(5988, 5988, 0, 12), fate.Counts);
        Assert.Equal(2, store.Tries);
        Assert.Equal(12, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_error WHERE claim_no % 500 = 0 AND rule = 'store'"));
        Assert.Equal(12, await _database.ScalarAsync<int>("SELECT cardinality(claim_nos) FROM claims.claim_file_content"));
        Assert.Equal(["(5988)"], await _database.RowsAsync("SELECT rows FROM claims.view_change"));
    }

    [Fact]
    public async Task Write_MoreRefusedClaimsThanAllowed_QuarantinesTheFile()
    {
        await _database.ExecuteAsync(Check);
        ReadFile file = Load("f", Submission([.. Enumerable.Range(1, 1010).Select(i => Claim($"C{i}", net: "-1"))]));

        FileFate fate = (await _services.GetRequiredService<BatchWriter>().WriteAsync([file], Token))[0]!;

        Assert.Equal((FileStatus.Quarantined, $"the store refused it: claim 1: {CheckReason}"), (fate.Status, fate.Reason));
    }

    [Fact]
    public async Task Write_RefusalThatNamesNoRow_IsFoundByTryingParts()
    {
        // Foreign keys are checked when the COPY has ended, and name no row.
        await _database.ExecuteAsync("CREATE TABLE claims.code (code text COLLATE \"C\" PRIMARY KEY); INSERT INTO claims.code VALUES ('99213'); ALTER TABLE claims.activity ADD CONSTRAINT code_known FOREIGN KEY (code) REFERENCES claims.code");
        ReadFile[] batch =
        [
            Load("a", Submission(Claim("A1"))),
            Load("b", Submission([.. Enumerable.Range(1, 9).Select(i => Claim($"B{i}", code: i is 3 or 9 ? "BAD" : "99213"))])),
            Load("c", Submission([.. Enumerable.Range(1, 40).Select(i => Claim($"C{i}", code: i is 25 ? "BAD" : "99213"))])),
        ];

        IReadOnlyList<FileFate?> fates = await _services.GetRequiredService<BatchWriter>().WriteAsync(batch, Token);

        Assert.Equal([new FileCounts(1, 1, 0, 0), new FileCounts(7, 7, 0, 2), new FileCounts(39, 39, 0, 1)], fates.Select(f => f!.Counts));
        Assert.Equal(
            ["(B3)", "(B9)", "(C25)"],
            await _database.RowsAsync("SELECT claim_id FROM claims.claim_error WHERE reason = 'PostgreSQL reported 23503 (a constraint does not hold) in activity (code_known)' ORDER BY 1"));
    }

    [Fact]
    public async Task Write_RefusalAtTheCommit_QuarantinesOnlyItsFile()
    {
        await _database.ExecuteAsync(
            "CREATE FUNCTION claims.f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.claim_id = 'C3' THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END$$; CREATE CONSTRAINT TRIGGER t AFTER INSERT ON claims.claim INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims.f()");

        IReadOnlyList<FileFate?> fates = await _services.GetRequiredService<BatchWriter>().WriteAsync([.. Enumerable.Range(1, 5).Select(i => Load($"f{i}", Submission(Claim($"C{i}"))))], Token);

        Assert.Equal([FileStatus.Stored, FileStatus.Stored, FileStatus.Quarantined, FileStatus.Stored, FileStatus.Stored], fates.Select(f => f!.Status));
        Assert.Equal("the store refused it: PostgreSQL reported P0001 (a trigger refuses it)", fates[2]!.Reason);
    }

    [Fact]
    public async Task Replay_WhenTheConstraintIsGone_StoresTheClaimsAtTheirPlaces()
    {
        await _database.ExecuteAsync(Check);
        ReadFile file = Load("f", Submission(Claim("C1"), Claim("C2", net: "-1"), "<Claim><ID>C3</ID></Claim>", Claim("C4", net: "-2"), Claim("C5")));
        await _services.GetRequiredService<BatchWriter>().WriteAsync([file], Token);

        // Nothing has changed yet: one stays refused by the store, the other by the reader.
        Assert.Equal(new FileCounts(2, 2, 0, 3), (await Replay.ReplayAsync(Facility, "f", cancellationToken: Token)).Counts);
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_error WHERE rule = 'store'"));

        await _database.ExecuteAsync(NoCheck);
        FileFate fate = await Replay.ReplayAsync(Facility, "f", cancellationToken: Token);

        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(4, 4, 0, 1), null), fate);
        Assert.Equal(fate, (await _services.Store().FindFatesAsync(Facility, ["f"], Token))["f"]);
        Assert.Equal(["(1,C1)", "(2,C2)", "(4,C4)", "(5,C5)"], await _database.RowsAsync("SELECT claim_no, claim_id FROM claims.claim ORDER BY 1"));
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(DISTINCT file_id) FROM (SELECT file_id FROM claims.claim UNION ALL SELECT file_id FROM claims.activity UNION ALL SELECT id FROM claims.claim_file) x"));
        Assert.Equal(["(3,C3,required)"], await _database.RowsAsync("SELECT claim_no, claim_id, rule FROM claims.claim_error"));
        Assert.Equal(["({3})"], await _database.RowsAsync("SELECT claim_nos FROM claims.claim_file_content"));
        Assert.Equal(["(2)", "(2)"], await _database.RowsAsync("SELECT rows FROM claims.view_change"));

        Assert.Equal(fate, await Replay.ReplayAsync(Facility, "f", cancellationToken: Token));
        Assert.Equal(4, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim"));

        FileFate corrected = await Replay.ReplayAsync(Facility, "f", Content(Submission(Claim("C3"))), Token);

        Assert.Equal(new FileCounts(5, 5, 0, 0), corrected.Counts);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT (SELECT count(*) FROM claims.claim_error) + (SELECT count(*) FROM claims.claim_file_content)"));
        await Assert.ThrowsAsync<FileReplayException>(() => Replay.ReplayAsync(Facility, "f", cancellationToken: Token));
    }

    [Fact]
    public async Task Replay_ManyClaims_SurvivesFurtherRefusals()
    {
        await _database.ExecuteAsync(Check);
        ReadFile file = Load("f", Submission([.. Enumerable.Range(1, 60).Select(i => Claim($"C{i}", net: i % 2 == 0 ? $"-{i}" : "1"))]));
        await _services.GetRequiredService<BatchWriter>().WriteAsync([file], Token);
        await _database.ExecuteAsync(NoCheck + "; ALTER TABLE claims.claim ADD CONSTRAINT net_positive CHECK (net > -30 OR net = -50)");

        FileFate fate = await Replay.ReplayAsync(Facility, "f", cancellationToken: Token);

        Assert.Equal(new FileCounts(45, 45, 0, 15), fate.Counts);
        Assert.Equal(15, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_error WHERE claim_no >= 30 AND claim_no <> 50"));
        Assert.Equal(15, await _database.ScalarAsync<int>("SELECT cardinality(claim_nos) FROM claims.claim_file_content"));
    }

    [Fact]
    public async Task Replay_QuarantinedFile_IsStoredUnderItsRow()
    {
        string xml = Submission(Claim("C1"), Claim("C2"), "<Claim/>");
        ReadFile file = Load("q", xml.Replace("</Claim.Submission>", "", StringComparison.Ordinal));
        await _services.GetRequiredService<BatchWriter>().WriteAsync([file], Token);
        long id = await _database.ScalarAsync<long>("SELECT id FROM claims.claim_file");

        FileFate still = await Replay.ReplayAsync(Facility, "q", cancellationToken: Token);
        Assert.Equal(FileStatus.Quarantined, still.Status);
        Assert.Equal(1, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file_content WHERE claim_nos IS NULL"));

        FileFate fate = await Replay.ReplayAsync(Facility, "q", Content(xml), Token);

        Assert.Equal(new FileFate(FileStatus.Stored, ClaimFileKind.Submission, new FileCounts(2, 2, 0, 1), null), fate);
        Assert.Equal([$"({id},stored,2,2,1,3,,{Facility})"], await _database.RowsAsync("SELECT id, status, claim_count, activity_count, left_out_count, declared_count, error, sender_id FROM claims.claim_file"));
        Assert.Equal(["({3})"], await _database.RowsAsync("SELECT claim_nos FROM claims.claim_file_content"));
        Assert.Equal(FileStatus.Skipped, (await _services.Store().StoreAsync([Load("other", xml)], Token))[0].Status);
    }

    private static string Submission(params string[] claims) =>
        $"<Claim.Submission><Header><SenderID>{Facility}</SenderID><ReceiverID>INS001</ReceiverID><TransactionDate>15/02/2025 10:30</TransactionDate><RecordCount>{claims.Length}</RecordCount><DispositionFlag>PRODUCTION</DispositionFlag></Header>{string.Concat(claims)}</Claim.Submission>";

    private static string Claim(string id, string net = "1", string gross = "1", string code = "99213", string source = "s") =>
        $"<Claim><ID>{id}</ID><PayerID>INS001</PayerID><ProviderID>{Facility}</ProviderID><Gross>{gross}</Gross><PatientShare>0</PatientShare><Net>{net}</Net><Encounter><TransferSource>{source}</TransferSource></Encounter><Activity><ID>A1</ID><Start>14/02/2025 07:05</Start><Code>{code}</Code><Quantity>1</Quantity><Net>1</Net></Activity></Claim>";

    private static MemoryStream Content(string xml) => new(Encoding.UTF8.GetBytes(xml));

    private ReadFile Load(string externalId, string xml) =>
        _services.GetRequiredService<FileLoader>().Load(Sample.Fetched(Facility, externalId, Encoding.UTF8.GetBytes(xml)), isCut: false, Token);

    private BatchWriter Writer(IClaimStore store) => ActivatorUtilities.CreateInstance<BatchWriter>(_services, store);

    private sealed class CountingStore(IClaimStore inner) : IClaimStore
    {
        public int Tries { get; private set; }

        public Task<IReadOnlyDictionary<string, FileFate>> FindFatesAsync(string facilityId, IReadOnlyCollection<string> externalIds, CancellationToken cancellationToken) =>
            inner.FindFatesAsync(facilityId, externalIds, cancellationToken);

        public Task<IReadOnlyList<FileFate>> StoreAsync(IReadOnlyList<ReadFile> batch, CancellationToken cancellationToken)
        {
            Tries++;
            return inner.StoreAsync(batch, cancellationToken);
        }

        public Task<KeptFile?> FindKeptAsync(string facilityId, string externalId, CancellationToken cancellationToken) => inner.FindKeptAsync(facilityId, externalId, cancellationToken);

        public Task<FileFate> ReplayAsync(ReadFile file, IReadOnlyList<int>? leftOut, CancellationToken cancellationToken) => inner.ReplayAsync(file, leftOut, cancellationToken);
    }
}
