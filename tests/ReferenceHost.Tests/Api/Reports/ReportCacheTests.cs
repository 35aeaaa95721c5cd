using System.Collections.Concurrent;
using System.Text.Json;
using Claims.Ingestion.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using ReferenceHost.Api.Reports;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>Who asks what was asked before does not cost the database the rows again.</summary>
public sealed class ReportCacheTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClaimsDatabase Database => fixture.Database;

    [Fact]
    public async Task SameQuery_ReadsItsRowsOnceForAVersion()
    {
        const string Path = "/api/reports/balance-amount?facility=F003&limit=5&totals=true";
        await using ReportHost host = await ReportHost.StartAsync(Database.ConnectionString);

        JsonElement first = await host.JsonAsync(Path);
        JsonElement second = await host.JsonAsync(Path);
        Assert.Equal(Rows(first), Rows(second));
        Assert.Equal((1, 1), (host.Queries("page"), host.Queries("totals")));

        // Another page has the same sums.
        await host.JsonAsync($"{Path}&cursor={first.GetProperty("next").GetString()}");
        Assert.Equal((2, 1), (host.Queries("page"), host.Queries("totals")));

        await Database.RefreshAsync("UPDATE claims.claim_summary SET total_payment = total_payment + 1000 WHERE facility_id = 'F003'");
        JsonElement changed = await host.JsonAsync(Path);
        Assert.Equal(Rows(first).Select(row => row + 1000), Rows(changed));
        Assert.Equal((3, 2), (host.Queries("page"), host.Queries("totals")));
    }

    [Fact]
    public async Task NoStore_GoesPastTheCache()
    {
        const string Path = "/api/reports/payerwise?limit=5&totals=true";
        await using ReportHost host = await ReportHost.StartAsync(Database.ConnectionString);

        await host.JsonAsync(Path, ("Cache-Control", "no-store"));
        await host.JsonAsync(Path);
        Assert.Equal((2, 2), (host.Queries("page"), host.Queries("totals")));

        using HttpResponseMessage answer = await host.GetAsync(Path, ("Cache-Control", "no-store"));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal((3, 3), (host.Queries("page"), host.Queries("totals")));
    }

    [Fact]
    public async Task SameQuery_FromManyAtOnce_ReadsItsRowsOnce()
    {
        await using ReportHost host = await ReportHost.StartAsync(Database.ConnectionString);
        await using NpgsqlConnection connection = await Database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        await using (var block = new NpgsqlCommand("LOCK TABLE claims.claim_summary IN ACCESS EXCLUSIVE MODE", connection, transaction)) await block.ExecuteNonQueryAsync(Token);

        Task<JsonElement>[] requests = [.. Enumerable.Range(0, 50).Select(_ => host.JsonAsync("/api/reports/remittance-advice?facility=F004&limit=9"))];

        // All know the version, and one waits for the rows.
        while (host.Queries("state") < 51 || host.Queries("page") < 1) await Task.Yield();
        await transaction.CommitAsync(Token);
        JsonElement[] answers = await Task.WhenAll(requests);

        Assert.Equal(1, host.Queries("page"));
        Assert.Single(answers.Select(answer => answer.GetProperty("rows").GetRawText()).Distinct());
    }

    [Fact]
    public async Task Caller_WhoGoes_TakesTheRowsFromNobody()
    {
        await using ReportHost host = await ReportHost.StartAsync(Database.ConnectionString);
        await using NpgsqlConnection connection = await Database.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        await using (var block = new NpgsqlCommand("LOCK TABLE claims.claim_summary IN ACCESS EXCLUSIVE MODE", connection, transaction)) await block.ExecuteNonQueryAsync(Token);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var path = new Uri("/api/reports/balance-amount?facility=F005&limit=9", UriKind.Relative);

        Task<HttpResponseMessage> first = host.Http.GetAsync(path, gone.Token);
        while (host.Queries("page") < 1) await Task.Yield();
        Task<JsonElement> second = host.JsonAsync(path.OriginalString);
        while (host.Queries("state") < 3) await Task.Yield();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await transaction.CommitAsync(Token);

        Assert.Equal(9, (await second).GetProperty("rows").GetArrayLength());
        Assert.Empty(host.Errors);
    }

    [Fact]
    public async Task SecondLevel_IsSharedByHosts()
    {
        const string Path = "/api/reports/balance-amount?payer=P003&limit=50&totals=true";
        var shared = new SharedCache();
        await using ReportHost one = await ReportHost.StartAsync(Database.ConnectionString, builder => builder.Services.AddSingleton<IDistributedCache>(shared));
        await using ReportHost other = await ReportHost.StartAsync(Database.ConnectionString, builder => builder.Services.AddSingleton<IDistributedCache>(shared));

        JsonElement first = await one.JsonAsync(Path);
        await shared.HoldsAsync(2);
        JsonElement second = await other.JsonAsync(Path);

        Assert.Equal(first.GetProperty("rows").GetRawText(), second.GetProperty("rows").GetRawText());
        Assert.Equal(first.GetProperty("totals").GetRawText(), second.GetProperty("totals").GetRawText());
        Assert.Equal(first.GetProperty("next").GetString(), second.GetProperty("next").GetString());
        Assert.Equal((0, 0), (other.Queries("page"), other.Queries("totals")));
        Assert.All(shared.Keys, key => Assert.DoesNotContain("P003", key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refresh_BetweenVersionAndRows_IsSeenWhole()
    {
        const string Path = "/api/reports/balance-amount?facility=F006&limit=5&totals=true";
        var shared = new SharedCache();
        await using ReportHost host = await ReportHost.StartAsync(Database.ConnectionString, builder => builder.Services.AddSingleton<IDistributedCache>(shared));
        decimal[] old = Rows(await host.JsonAsync(Path, ("Cache-Control", "no-store")));
        shared.Asked = () => Database.RefreshAsync("UPDATE claims.claim_summary SET total_payment = total_payment + 1000 WHERE facility_id = 'F006'");

        JsonElement first = await host.JsonAsync(Path);
        JsonElement second = await host.JsonAsync(Path);

        string version = await Database.ScalarAsync<string>("SELECT version FROM claims.report_state WHERE view_name = 'mv_balance_amount_summary'");
        foreach (JsonElement answer in new[] { first, second })
        {
            Assert.Equal(version, answer.GetProperty("version").GetString());
            Assert.Equal(old.Select(row => row + 1000), Rows(answer));
            Assert.Equal(await Database.ScalarAsync<decimal>("SELECT sum(total_payment) FROM claims.claim_summary WHERE facility_id = 'F006'"), answer.GetProperty("totals").GetProperty("totalPayment").GetDecimal());
        }
    }

    [Fact]
    public async Task SecondLevel_ThatFails_DoesNoHarm()
    {
        await using ReportHost broken = await ReportHost.StartAsync(Database.ConnectionString, builder => builder.Services.AddSingleton<IDistributedCache>(new SharedCache { IsBroken = true }));
        await using ReportHost away = await ReportHost.StartAsync(
            Database.ConnectionString, builder => builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = $"127.0.0.1:{HostProcess.FreePort()}" }));
        foreach (ReportHost host in new[] { broken, away })
        {
            Assert.NotEmpty(Rows(await host.JsonAsync("/api/reports/balance-amount?limit=5&totals=true")));
            Assert.NotEmpty(Rows(await host.JsonAsync("/api/reports/balance-amount?limit=5&totals=true")));
            Assert.Equal(1, host.Queries("page"));
        }
    }

    [Fact]
    public void Redis_WithAConnectionStringThatIsNone_StopsTheStart()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Redis"] = "127.0.0.1,nonsense=1" }).Build();

        var exception = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddReports(configuration));

        Assert.Equal("ConnectionStrings:Redis is not valid: Keyword 'nonsense' is not supported. (Parameter 'nonsense')", exception.Message);
    }

    [Fact]
    public void Stamp_HasTheDay_WhereTheRowsDependOnIt()
    {
        var state = new ReportState("i1", default, 0, 0, new DateOnly(2026, 1, 31), "here");
        ReportState tomorrow = state with { Today = new DateOnly(2026, 2, 1) };
        ReportState elsewhere = state with { Origin = "there" };

        Assert.Equal(("i1.20260131.here", "i1.20260201.here", "i1.20260131.there"), (Stamp(ReportCatalog.BalanceAmount, state), Stamp(ReportCatalog.BalanceAmount, tomorrow), Stamp(ReportCatalog.BalanceAmount, elsewhere)));
        Assert.Equal(("i1.here", "i1.here", "i1.there"), (Stamp(ReportCatalog.Payerwise, state), Stamp(ReportCatalog.Payerwise, tomorrow), Stamp(ReportCatalog.Payerwise, elsewhere)));

        static string Stamp(Report report, ReportState state) => ReportTag.Stamp(report, state);
    }

    private static decimal[] Rows(JsonElement answer) => [.. answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("totalPayment").GetDecimal())];

    /// <summary>Stands in for the cache that hosts share.</summary>
    private sealed class SharedCache : IDistributedCache
    {
        private readonly ConcurrentDictionary<string, byte[]> _entries = new();

        public bool IsBroken { get; init; }

        public IEnumerable<string> Keys => _entries.Keys;

        /// <summary>What happens at the next question, once.</summary>
        public Func<Task>? Asked { get; set; }

        /// <summary>Waits for entries, which are written after the answer.</summary>
        public async Task HoldsAsync(int count)
        {
            while (_entries.Count < count)
            {
                Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        public byte[]? Get(string key) => IsBroken ? throw new IOException("away") : _entries.GetValueOrDefault(key);

        public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
        {
            (Func<Task>? asked, Asked) = (Asked, null);
            if (asked is not null) await asked();
            return Get(key);
        }

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => _entries[key] = IsBroken ? throw new IOException("away") : value;

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }

        public void Refresh(string key)
        {
        }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) => _entries.TryRemove(key, out _);

        public Task RemoveAsync(string key, CancellationToken token = default)
        {
            Remove(key);
            return Task.CompletedTask;
        }
    }
}
