using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReferenceHost.Api;
using ReferenceHost.Demo;
using ReferenceHost.Tests.Demo;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>The reference host in this process, with everything that it tells of itself recorded, while marked files go through it and all goes wrong that can.</summary>
public sealed class TelemetryHost : IAsyncLifetime
{
    private const string Faults =
        """
        CREATE SEQUENCE public.deaths;
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE NOTICE 'claim of %', NEW.member_id;
          RAISE WARNING 'claim of %', NEW.emirates_id;
          IF NEW.package_name LIKE '%refused by raise' THEN RAISE EXCEPTION 'refused: %', NEW.member_id USING DETAIL = NEW.emirates_id, HINT = NEW.patient_id, COLUMN = NEW.payer_id; END IF;
          IF NEW.package_name LIKE '%refused by cast' THEN PERFORM NEW.member_id::integer; END IF;
          IF NEW.package_name LIKE '%breaks the connection' THEN
            IF nextval('public.deaths') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          END IF;
          RETURN NEW;
        END
        $$;
        CREATE TRIGGER refuse BEFORE INSERT ON claims.claim FOR EACH ROW EXECUTE FUNCTION public.refuse();
        ALTER TABLE claims.claim ADD CONSTRAINT refuse CHECK (package_name NOT LIKE '%refused by check');
        CREATE UNIQUE INDEX twice ON claims.claim (file_id, right(package_name, 5)) WHERE package_name LIKE '%twice';
        CREATE INDEX refuse ON claims.claim ((package_name::numeric)) WHERE package_name LIKE '%refused by index';
        """;

    private readonly Marks _marks = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("claims-test-telemetry-").FullName;
    private WebApplication _gateway = null!;
    private WebApplication _app = null!;

    internal Recorder Recorder { get; } = new();

    internal int Planted => _marks.Count;

    internal ClaimsDatabase Database { get; private set; } = null!;

    internal IReadOnlyList<IngestionReport> Reports { get; private set; } = [];

    internal IServiceProvider Services => _app.Services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Database = await ClaimsDatabase.CreateAsync();
        await Database.ExecuteAsync(Faults);
        _gateway = await StartGatewayAsync();
        string inbox = await FillFolderAsync();
        var source = new MarkedPoller(_marks);
        foreach ((string name, byte[] content) in new MarkedFiles(_marks).Make()) source.Put(name, content);
        _app = await StartAsync(inbox, source);

        var control = Services.GetRequiredService<IngestionControl>();
        Reports = [await control.PollAllOnceAsync(Token), await control.PollAllOnceAsync(Token)];
        source.Put("left", new MarkedFiles(_marks).Left());
        await control.PollAsync("FAC-MARKED", Token);
        await ReplayAsync();
        await Until(async () => await Database.ScalarAsync<long>("SELECT count(*) FROM claims.view_change") == 0);
        await GetAsync("/api/reports/payerwise");
        Recorder.Observe();
        Recorder.Stop();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _gateway.DisposeAsync();
        Recorder.Dispose();
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal async Task<string> GetAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    /// <summary>What was written beside files that went into quarantine.</summary>
    internal IEnumerable<string> Reasons() => Directory.EnumerateFiles(_folder, "*.reason.txt", SearchOption.AllDirectories).Select(File.ReadAllText);

    internal static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
    }

    private async Task<WebApplication> StartAsync(string inbox, MarkedPoller source)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Claims:Scheduling:Enabled"] = "false",
            ["Claims:Pipeline:RetryFor"] = "00:00:00.500",
            ["Claims:DirectoryPoller:SettleTime"] = "00:00:00",
            ["Claims:EClaimLink:RetryCount"] = "0",
            ["Claims:Postgres:MigrateOnStart"] = "false",
            ["Claims:Postgres:Views:CheckInterval"] = "00:00:00.300",
            ["Claims:Postgres:Views:MaxStaleness"] = "00:00:00",
            ["Claims:Postgres:Views:Items:mv_claim_summary_payerwise:Mode"] = "Materialized",
        };
        (string Id, string Poller, string Endpoint)[] facilities =
        [
            ("FAC-MARKED", "marked", "nowhere"), ("FAC-FOLDER", "directory", inbox), ("FAC-AWAY", "eclaimlink", "http://127.0.0.1:1/away.asmx"),
            .. new[] { "page", "fault", "answer", "file" }.Select(way => ($"FAC-{way.ToUpperInvariant()}", "eclaimlink", $"{_gateway.Urls.Single()}/{way}")),
        ];
        foreach ((int i, (string id, string poller, string endpoint)) in facilities.Index())
        {
            (settings[$"Claims:Facilities:{i}:Id"], settings[$"Claims:Facilities:{i}:Poller"], settings[$"Claims:Facilities:{i}:Endpoint"]) = (id, poller, endpoint);
            (settings[$"Claims:Credentials:{id}:Login"], settings[$"Claims:Credentials:{id}:Password"]) = (_marks.Next(), _marks.Next());
        }

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Recorder).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IFacilityPoller>(source);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(Database.ConnectionString).AddEClaimLinkPoller();
        builder.Services.AddHealthChecks().AddClaimsIngestion().AddClaimsPostgres();
        builder.AddApi();
        builder.AddTelemetry();
        WebApplication app = builder.Build();
        app.MapApi();
        app.MapPrometheusScrapingEndpoint();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync });
        await app.StartAsync(Token);
        return app;
    }

    /// <summary>A service that answers with what it was sent and more: a page, a fault, a result that nobody knows, and a file that is none.</summary>
    private async Task<WebApplication> StartGatewayAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication gateway = builder.Build();
        gateway.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string request = await reader.ReadToEndAsync(Token);
            string operation = request.Contains("GetNewTransactions", StringComparison.Ordinal) ? "GetNewTransactions"
                : request.Contains("SearchTransactions", StringComparison.Ordinal) ? "SearchTransactions" : "DownloadTransactionFile";
            string file = $"&lt;Files&gt;&lt;File FileID='file-{_marks.Count}' FileName='{_marks.Next()}.xml' SenderID='{_marks.Next()}' /&gt;&lt;/Files&gt;";
            (int status, string body) = context.Request.Path.Value switch
            {
                "/page" => (502, $"<html><body>{_marks.Next()} {request}</body></html>"),
                "/fault" => (500, Envelope($"<s:Fault><faultcode>{_marks.Next()}</faultcode><faultstring>{_marks.Next()}</faultstring><detail>{_marks.Next()}</detail></s:Fault>")),
                "/file" when operation == "DownloadTransactionFile" => (200, Answer(operation, 0, $"<fileName>{_marks.Next()}</fileName><file>{_marks.Next()}!</file>")),
                "/file" => (200, Answer(operation, 0, $"<xmlTransaction>{file}</xmlTransaction><foundTransactions>{file}</foundTransactions>")),
                _ => (200, Answer(operation, -77, "")),
            };
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/xml; charset=utf-8";
            await context.Response.WriteAsync(body, Token);
        });
        await gateway.StartAsync(Token);
        return gateway;

        string Answer(string operation, int result, string content) =>
            Envelope($"<{operation}Response xmlns=\"http://www.eClaimLink.ae/\"><{operation}Result>{result}</{operation}Result>{content}<errorMessage>{_marks.Next()}</errorMessage></{operation}Response>");

        static string Envelope(string body) => $"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>";
    }

    /// <summary>Files in a folder have ids that begin with their names, and ids may be told: so it is the content that is marked.</summary>
    private async Task<string> FillFolderAsync()
    {
        string inbox = Path.Combine(_folder, "inbox");
        Directory.CreateDirectory(inbox);
        foreach ((string name, byte[] content) in new MarkedFiles(_marks).Make().Where(f => !f.Key.StartsWith("bad ", StringComparison.Ordinal) && !f.Key.StartsWith("large", StringComparison.Ordinal)))
            await File.WriteAllBytesAsync(Path.Combine(inbox, $"{name}.xml"), content, Token);
        Inbox.Age(inbox);
        return inbox;
    }

    /// <summary>Stores what was not stored once more, with nothing mended and with documents that do not match.</summary>
    private async Task ReplayAsync()
    {
        var replay = Services.GetRequiredService<FileReplay>();
        var files = new MarkedFiles(_marks).Make();
        foreach ((string file, string? corrected) in new[]
        {
            ("end tag", null), ("refused by check", null), ("refused by raise", null), ("words", "cut"), ("zips", "words"), ("refused by cast", "submission"), ("refused by cast", "encoding"), ("submission", (string?)null),
            ("end tag", "twin"), ("no such file", null),
        })
        {
            try
            {
                using MemoryStream? document = corrected is null ? null : new MemoryStream(files[corrected]);
                FileFate fate = await replay.ReplayAsync("FAC-MARKED", file, document, Token);
                Recorder.Check($"fate of the replay of {file}", fate.Reason);
            }
            catch (Exception exception) when (exception is FileReplayException or ClaimStoreException)
            {
                Recorder.Check($"error of the replay of {file}", exception.ToString());
            }
        }
    }
}
