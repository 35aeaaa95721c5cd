using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ReferenceHost.Api;
using ReferenceHost.Api.Reports;

namespace ReferenceHost.Tests.Api.Reports;

/// <summary>The report API over http in this process, with the services that the reference host gives it, and a count of what it asks the database.</summary>
internal sealed class ReportHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _queries = new();

    private ReportHost(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 100 }) { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    /// <summary>What was logged as an error.</summary>
    public IReadOnlyCollection<string> Errors => _app.Services.GetRequiredService<ErrorLog>().Messages;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ReportHost> StartAsync(string connectionString, Action<WebApplicationBuilder>? build = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var errors = new ErrorLog();
        builder.Services.AddSingleton(errors);
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Claims:Scheduling:Enabled"] = "false",
            ["Claims:Postgres:MigrateOnStart"] = "false",
            ["Claims:Postgres:Views:Enabled"] = "false",
            ["Claims:Postgres:VerifyInterval"] = "00:00:00",
            ["Reports:MaxAge"] = "00:00:00",
            ["Reports:MaxStale"] = "00:00:00",
        });
        build?.Invoke(builder);
        builder.Services.AddClaimsIngestion(builder.Configuration.GetSection("Claims")).UsePostgres(connectionString);
        builder.AddApi();
        WebApplication app = builder.Build();
        app.MapApi();
        await app.StartAsync(Token);
        var host = new ReportHost(app);
        host.Listen();
        return host;
    }

    /// <summary>How often the database was asked for this: state, page, totals or export.</summary>
    public long Queries(string what) => _queries.GetValueOrDefault(what);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<JsonElement> JsonAsync(string path, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage answer = await GetAsync(path, headers);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Token)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    public async Task<string> TextAsync(string path)
    {
        using HttpResponseMessage answer = await GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(Token);
    }

    /// <summary>The rows of all pages.</summary>
    /// <param name="path">The first page.</param>
    /// <param name="between">What happens before each further page.</param>
    public async Task<List<JsonElement>> RowsAsync(string path, Func<int, Task>? between = null)
    {
        var rows = new List<JsonElement>();
        string? next = null;
        for (int page = 0; page == 0 || next is not null; page++)
        {
            if (page > 0 && between is not null) await between(page);
            JsonElement answer = await JsonAsync(next is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={next}");
            rows.AddRange(answer.GetProperty("rows").EnumerateArray());
            next = answer.GetProperty("next").GetString();
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private void Listen()
    {
        IMeterFactory meters = _app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == ReportMetrics.Queries && instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "claims.query") _queries.AddOrUpdate((string)tag.Value!, measurement, (_, count) => count + measurement);
            }
        });
        _listener.Start();
    }

    private sealed class ErrorLog : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, _messages);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> messages) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel)) messages.Enqueue($"{category}: {formatter(state, exception)}");
            }
        }
    }
}
