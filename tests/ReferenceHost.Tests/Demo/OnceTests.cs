using System.Globalization;
using Claims.Ingestion.TestSupport;
using FacilityGateway;

namespace ReferenceHost.Tests.Demo;

/// <summary>The main job, by the real program: a world in, rows in PostgreSQL out.</summary>
public sealed class OnceTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await ClaimsDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Once_SimulatedWorld_CountsAndReportsEqualTheTruth()
    {
        var options = new WorldOptions { Facilities = 12, FilesPerFacility = 14, ClaimsPerFile = 8, Seed = 7, BrokenFileShare = 0.1, BadClaimShare = 0.03 };
        using Inbox inbox = await Inbox.CreateAsync(options);

        using HostProcess host = await RunAsync(inbox);

        Assert.Equal(0, host.ExitCode);
        Assert.Equal($"stored {inbox.Truth}", host.LastLine);
        FileTotals truth = inbox.Truth.Totals;
        Assert.Equal(
            [$"({truth.Files},{truth.Claims},{truth.Activities},{truth.RemittanceClaims},{truth.Quarantined},{truth.Skipped},{truth.LeftOut})"],
            await _database.RowsAsync(
                """
                SELECT (SELECT count(*) FROM claims.claim_file WHERE status = 'stored'), (SELECT count(*) FROM claims.claim), (SELECT count(*) FROM claims.activity),
                       (SELECT count(*) FROM claims.remittance_claim), (SELECT count(*) FROM claims.claim_file WHERE status = 'quarantined'),
                       (SELECT count(*) FROM claims.claim_file WHERE status = 'skipped'), (SELECT count(*) FROM claims.claim_error)
                """));
        await AssertBalanceAsync(inbox.Truth);
        await AssertRemittanceAdviceAsync(inbox.Truth);
        await AssertPayerwiseAsync(inbox.Truth);
    }

    [Fact]
    public async Task Once_Again_ChangesNoRow()
    {
        using Inbox inbox = await Inbox.CreateAsync(new WorldOptions { Facilities = 3, FilesPerFacility = 8, Seed = 3, BrokenFileShare = 0.2 });
        (await RunAsync(inbox)).Dispose();
        IReadOnlyList<string> before = await LedgerAsync();

        using HostProcess empty = await RunAsync(inbox);
        inbox.Refill();
        using HostProcess refilled = await RunAsync(inbox);

        Assert.Equal("stored files=0 claims=0 activities=0 remittance_claims=0 quarantined=0 skipped=0", empty.LastLine);
        Assert.Equal("stored files=0 claims=0 activities=0 remittance_claims=0 quarantined=0 skipped=0", refilled.LastLine);
        Assert.Equal(before, await LedgerAsync());
        Assert.DoesNotContain(
            Directory.EnumerateFiles(inbox.Folder, "*", SearchOption.AllDirectories), file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("stored" or "quarantined"));
    }

    [Fact]
    public async Task Once_WithoutADatabase_SaysWhatToDo()
    {
        using Inbox inbox = await Inbox.CreateAsync(new WorldOptions { Facilities = 1, FilesPerFacility = 1 });

        using HostProcess host = await HostProcess.RunAsync("Host=127.0.0.1;Port=1;Username=x;Database=x", null, "--once", "--inbox", inbox.Folder);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("The database cannot be used", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.EnumerateFiles(inbox.Folder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("--facilities", "0", "must be from 1 to 10000")]
    [InlineData("--inbox", "/no/such/folder", "is not a folder")]
    [InlineData("--files", "many", "many")]
    public async Task Arguments_ThatAreWrong_AreNamed(string option, string value, string text)
    {
        using HostProcess host = await HostProcess.RunAsync(_database.ConnectionString, null, "--once", option, value);

        Assert.Equal(1, host.ExitCode);
        Assert.Contains(text, host.Output, StringComparison.Ordinal);
    }

    private Task<HostProcess> RunAsync(Inbox inbox) => HostProcess.RunAsync(
        _database.ConnectionString, null, "--once", "--inbox", inbox.Folder, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture));

    private Task<IReadOnlyList<string>> LedgerAsync() => _database.RowsAsync("SELECT * FROM claims.claim_file ORDER BY id");

    private async Task AssertBalanceAsync(WorldTruth truth) => Assert.Equal(
        Sorted(truth.Balance.Select(r => Row(
            r.ProviderId, r.ClaimId, r.PayerId, r.FacilityId, r.EncounterStart, r.FirstSubmittedAt, r.InitialNet, r.CurrentNet, r.TotalPayment, r.TotalTakenBack, r.TotalDenied,
            r.PendingAmount, r.RemittanceCount, r.FirstRemittanceDate, r.LastRemittanceDate, r.ResubmissionCount, r.LastResubmissionDate, r.Status))),
        await ReadAsync("SELECT provider_id, claim_id, payer_id, facility_id, encounter_start, first_submitted_at, initial_net, current_net, total_payment, total_taken_back, total_denied, pending_amount, remittance_count, first_remittance_date, last_remittance_date, resubmission_count, last_resubmission_date, status FROM claims.mv_balance_amount_summary"));

    private async Task AssertRemittanceAdviceAsync(WorldTruth truth) => Assert.Equal(
        Sorted(truth.RemittanceAdvice.Select(r => Row(
            r.ProviderId, r.ClaimId, r.PayerId, r.IdPayer, r.PaymentReference, r.FirstSettlementDate, r.LastSettlementDate, r.ActivityCount, r.TotalRemitted, r.TotalPayment,
            r.TotalTakenBack, r.DeniedCount, r.DeniedAmount, string.Join(',', r.DenialCodes), r.RemittanceCount, r.CollectionRate, r.PaymentStatus))),
        await ReadAsync("SELECT provider_id, claim_id, payer_id, id_payer, payment_reference, first_settlement_date, last_settlement_date, activity_count, total_remitted, total_payment, total_taken_back, denied_count, denied_amount, array_to_string(denial_codes, ','), remittance_count, collection_rate, payment_status FROM claims.mv_remittance_advice_summary"));

    private async Task AssertPayerwiseAsync(WorldTruth truth) => Assert.Equal(
        Sorted(truth.Payerwise.Select(r => Row(
            r.PayerId, r.FacilityId, r.Month, r.ClaimCount, r.BilledAmount, r.RemittedClaimCount, r.PaidAmount, r.DeniedAmount, r.PendingAmount, r.TakenBackAmount,
            r.PaidActivityCount, r.PartiallyPaidActivityCount, r.RejectedActivityCount, r.TakenBackActivityCount, r.PartiallyTakenBackActivityCount, r.PendingActivityCount,
            r.SelfPayCount, r.SelfPayAmount, r.RejectedPctOfBilled, r.RejectedPctOfAnswered, r.CollectionRate))),
        await ReadAsync("SELECT payer_id, facility_id, month, claim_count, billed_amount, remitted_claim_count, paid_amount, denied_amount, pending_amount, taken_back_amount, paid_activity_count, partially_paid_activity_count, rejected_activity_count, taken_back_activity_count, partially_taken_back_activity_count, pending_activity_count, self_pay_count, self_pay_amount, rejected_pct_of_billed, rejected_pct_of_answered, collection_rate FROM claims.mv_claim_summary_payerwise"));

    private async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var values = new object?[reader.FieldCount];
            for (int i = 0; i < values.Length; i++) values[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            rows.Add(Row(values));
        }

        return Sorted(rows);
    }

    private static List<string> Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];

    private static string Row(params object?[] values) => string.Join('|', values.Select(value => value switch
    {
        null => "",
        decimal number => (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("s", CultureInfo.InvariantCulture),
        DateTime time => time.TimeOfDay == TimeSpan.Zero && time.Kind != DateTimeKind.Utc ? DateOnly.FromDateTime(time).ToString("O", CultureInfo.InvariantCulture) : time.ToString("s", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    }));
}
