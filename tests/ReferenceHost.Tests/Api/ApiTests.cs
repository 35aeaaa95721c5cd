using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Claims.Ingestion.Postgres.Local;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.TestSupport;
using FacilityGateway;
using FacilityGateway.Truth;
using ReferenceHost.Tests.Demo;

namespace ReferenceHost.Tests.Api;

/// <summary>The running host, asked over HTTP while its schedule polls a simulated world.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, string> Quick = new()
    {
        ["Claims__Scheduling__Interval"] = "00:00:01",
        ["Claims__Scheduling__Stagger"] = "00:00:00.050",
        ["Claims__Postgres__Views__CheckInterval"] = "00:00:00.300",
        ["Claims__Postgres__Views__MaxStaleness"] = "00:00:00",
    };

    private readonly int _port = HostProcess.FreePort();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private Inbox _inbox = null!;

    public async ValueTask InitializeAsync()
    {
        _http.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
        _inbox = await Inbox.CreateAsync(new WorldOptions { Facilities = 4, FilesPerFacility = 6, ClaimsPerFile = 10, Seed = 5, BrokenFileShare = 0.2 });
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _inbox.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Host_WhileItRuns_AnswersEverythingAndStopsCleanly()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        using HostProcess host = Start(database.ConnectionString);
        await UntilAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file") == 24);
        await UntilAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change") == 0);

        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        JsonElement ready = await GetAsync("/health/ready");
        Assert.Equal("Healthy", ready.GetProperty("status").GetString());
        Assert.Equal(
            ["claims-scheduler", "claims-pipeline", "claims-facilities", "claims-database", "claims-schema", "claims-replicas", "claims-views", "claims-verification"],
            ready.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));

        JsonElement facilities = await GetAsync("/api/facilities");
        Assert.Equal(_inbox.Truth.Facilities.Keys.Order(), facilities.EnumerateArray().Select(f => f.GetProperty("facilityId").GetString()));
        Assert.All(facilities.EnumerateArray(), f => Assert.NotEqual(JsonValueKind.Null, f.GetProperty("lastPoll").ValueKind));

        Assert.All(facilities.EnumerateArray(), f => Assert.Contains(f.GetProperty("activity").GetString(), Enum.GetNames<FacilityActivity>()));

        Assert.Equal(24, (await PagesAsync("/api/files?limit=5")).Count);
        Assert.Equal(_inbox.Truth.Totals.Quarantined, (await PagesAsync("/api/files?status=quarantined")).Count);
        await CheckReportsAsync();
        await CheckClaimAsync();
        await CheckBadRequestsAsync();

        string openApi = (await GetAsync("/openapi/v1.json")).GetRawText();
        foreach (string path in new[] { "/api/claims/{providerId}/{claimId}", "/api/reports/balance-amount", "/api/reports/remittance-advice", "/api/reports/payerwise", "/api/facilities", "/api/files" })
            Assert.Contains($"\"{path}\"", openApi, StringComparison.Ordinal);

        await host.InterruptAsync();
        Assert.Equal(0, host.ExitCode);
    }

    [Fact]
    public async Task Host_DatabaseGoesAndComesBack_WaitsSaysSoAndLosesNothing()
    {
        await using LocalPostgres server = await LocalPostgres.StartAsync(new LocalPostgresOptions { Settings = { ["fsync"] = "off" } }, TestContext.Current.CancellationToken);
        await ClaimsDatabase.MigrateAsync(server.ConnectionString);
        string waiting = Directory.CreateTempSubdirectory("claims-test-later-").FullName;
        foreach (string facility in Directory.EnumerateDirectories(_inbox.Folder)) Directory.Move(facility, Path.Combine(waiting, Path.GetFileName(facility)));
        using HostProcess host = Start(server.ConnectionString);
        await UntilAsync(() => StatusIsAsync(HttpStatusCode.OK));

        await server.StopAsync(LocalPostgresStop.Immediate, TestContext.Current.CancellationToken);
        foreach (string facility in Directory.EnumerateDirectories(waiting)) Directory.Move(facility, Path.Combine(_inbox.Folder, Path.GetFileName(facility)));
        Directory.Delete(waiting);
        await UntilAsync(() => StatusIsAsync(HttpStatusCode.ServiceUnavailable));
        Assert.Contains("The database is not available", (await GetAsync("/health/ready")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);

        await server.RestartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var database = Npgsql.NpgsqlDataSource.Create(server.ConnectionString);
        await UntilAsync(async () =>
        {
            await using var count = database.CreateCommand("SELECT count(*) FROM claims.claim_file");
            return (long)(await count.ExecuteScalarAsync())! == 24;
        });
        await using var claims = database.CreateCommand("SELECT count(*) FROM claims.claim");
        Assert.Equal(_inbox.Truth.Totals.Claims, await claims.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await UntilAsync(() => StatusIsAsync(HttpStatusCode.OK));
        await host.TerminateAsync();
        Assert.Equal(0, host.ExitCode);
    }

    private HostProcess Start(string connectionString) =>
        HostProcess.Start(connectionString, Quick, "--inbox", _inbox.Folder, "--port", _port.ToString(CultureInfo.InvariantCulture));

    private async Task CheckReportsAsync()
    {
        List<JsonElement> balance = await PagesAsync("/api/reports/balance-amount?limit=7");
        Assert.Equal(
            _inbox.Truth.Balance.Select(r => $"{r.ProviderId}/{r.ClaimId}").Order(StringComparer.Ordinal),
            balance.Select(r => $"{r.GetProperty("providerId").GetString()}/{r.GetProperty("claimId").GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal(_inbox.Truth.Balance.Sum(r => r.TotalPayment), balance.Sum(r => r.GetProperty("totalPayment").GetDecimal()));
        Assert.Equal(_inbox.Truth.RemittanceAdvice.Count, (await PagesAsync("/api/reports/remittance-advice?limit=7")).Count);

        BalanceRow some = _inbox.Truth.Balance.First(r => r.FirstSubmittedAt is not null);
        List<JsonElement> filtered = await PagesAsync($"/api/reports/balance-amount?facility={some.FacilityId}&payer={some.PayerId}");
        Assert.Equal(_inbox.Truth.Balance.Count(r => r.FacilityId == some.FacilityId && r.PayerId == some.PayerId), filtered.Count);
        string day = some.FirstSubmittedAt!.Value.ToOffset(TimeSpan.FromHours(4)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Contains(await PagesAsync($"/api/reports/balance-amount?from={day}&to={day}"), r => r.GetProperty("claimId").GetString() == some.ClaimId);

        List<JsonElement> payerwise = await PagesAsync("/api/reports/payerwise?limit=3");
        Assert.Equal(_inbox.Truth.Payerwise.Count, payerwise.Count);
        Assert.Equal(_inbox.Truth.Payerwise.Sum(r => r.BilledAmount), payerwise.Sum(r => r.GetProperty("billedAmount").GetDecimal()));
    }

    private async Task CheckClaimAsync()
    {
        BalanceRow truth = _inbox.Truth.Balance.First(r => r.RemittanceCount > 0 && r.ResubmissionCount > 0);
        JsonElement claim = await GetAsync($"/api/claims/{Uri.EscapeDataString(truth.ProviderId)}/{Uri.EscapeDataString(truth.ClaimId)}");
        Assert.Equal(truth.Status, claim.GetProperty("status").GetString());
        Assert.Equal(truth.TotalPayment, claim.GetProperty("totalPayment").GetDecimal());
        Assert.Equal(truth.TotalDenied, claim.GetProperty("totalDenied").GetDecimal());
        Assert.Equal(truth.RemittanceCount, claim.GetProperty("history").EnumerateArray().Count(h => h.GetProperty("kind").GetString() == "remittance"));
        Assert.NotEmpty(claim.GetProperty("activities").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(new Uri("/api/claims/nobody/nothing", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
    }

    private async Task CheckBadRequestsAsync()
    {
        foreach ((string path, string text) in new[]
        {
            ("/api/reports/payerwise?limit=0", "limit is 0"),
            ("/api/reports/payerwise?cursor=zzz", "cursor is not one"),
            ("/api/reports/payerwise?from=2026-02-01&to=2026-01-01", "from must not be later"),
            ("/api/files?status=lost", "status is 'lost'"),
        })
        {
            HttpResponseMessage answer = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(text, (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        HttpResponseMessage answer = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private async Task<List<JsonElement>> PagesAsync(string path)
    {
        var rows = new List<JsonElement>();
        string? next = null;
        do
        {
            JsonElement page = await GetAsync(next is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={next}");
            rows.AddRange(page.GetProperty("rows").EnumerateArray());
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return rows;
    }

    private async Task<bool> StatusIsAsync(HttpStatusCode status) =>
        (await _http.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode == status;

    /// <summary>Asks again and again until it holds; the host is another process, which gives no signal.</summary>
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                if (await holds()) return;
            }
            catch (Exception exception) when (exception is HttpRequestException or Npgsql.NpgsqlException)
            {
                // Not up yet.
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, "It did not happen in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
