using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ReferenceHost.Tests;

namespace Deploy.Tests.Prometheus;

/// <summary>A real Prometheus that fetches from one host every second. It ends with the test, or with the process.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    // The end of its input is the end of the process that started it, however that ended.
    private const string Script = """
        "$@" </dev/null >"$0/log" 2>&1 & server=$!
        trap '' INT QUIT HUP TERM
        read -r end
        kill -9 "$server"
        wait "$server" 2>/dev/null
        rm -rf -- "$0"
        """;

    private static readonly TimeSpan _pace = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, HttpClient client)
    {
        _process = process;
        _client = client;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="port">The port of the host.</param>
    /// <param name="rules">The rules that it watches.</param>
    public static async Task<PrometheusServer> StartAsync(int port, string rules)
    {
        string folder = Directory.CreateTempSubdirectory("claims-prometheus-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yml"), rules, Token);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "prometheus.yml"),
            string.Create(CultureInfo.InvariantCulture, $$"""
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: [rules.yml]
                scrape_configs: [{ job_name: claims, static_configs: [{ targets: ["127.0.0.1:{{port}}"] }] }]
                """),
            Token);
        int own = HostProcess.FreePort();
        string[] command =
        [
            Find("prometheus"), $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{own}"), "--log.level=warn",
        ];
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", Script, folder, .. command]) { RedirectStandardInput = true })!;
        var server = new PrometheusServer(process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{own}") });
        await server.UntilAsync(server.IsReadyAsync, () => $"Prometheus did not start: {File.ReadAllText(Path.Combine(folder, "log"))}", seconds: 30);
        return server;
    }

    /// <summary>Finds a program of Prometheus.</summary>
    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"])
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} was not found. Install the package prometheus (apt-get or brew); test.sh does it by itself.");

    /// <summary>Asks for the samples of an expression now.</summary>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string expression)
    {
        using HttpResponseMessage response = await _client.PostAsync(new Uri("/api/v1/query", UriKind.Relative), new FormUrlEncodedContent([new("query", expression)]), Token);
        JsonElement answer = await ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{expression}: {answer}");
        JsonElement data = answer.GetProperty("data");
        return data.GetProperty("resultType").GetString() == "scalar" ? [data.GetProperty("result")] : [.. data.GetProperty("result").EnumerateArray()];
    }

    /// <summary>All values of a label; <c>__name__</c> for the names of all metrics.</summary>
    public Task<HashSet<string>> ValuesOfAsync(string label) => WordsAsync($"/api/v1/label/{label}/values");

    /// <summary>The names of all labels.</summary>
    public Task<HashSet<string>> LabelsAsync() => WordsAsync("/api/v1/labels");

    /// <summary>The alerts that are pending or fire.</summary>
    public async Task<IReadOnlyList<ActiveAlert>> AlertsAsync()
    {
        JsonElement answer = await ReadAsync(await _client.GetAsync(new Uri("/api/v1/alerts", UriKind.Relative), Token));
        return [.. answer.GetProperty("data").GetProperty("alerts").Deserialize<ActiveAlert[]>(JsonSerializerOptions.Web)!];
    }

    /// <summary>Waits for a state that nobody signals.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, int seconds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(seconds)) Assert.Fail(otherwise());
            await Task.Delay(_pace, TimeProvider.System, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(Token);

    private async Task<HashSet<string>> WordsAsync(string path) =>
        [.. (await ReadAsync(await _client.GetAsync(new Uri(path, UriKind.Relative), Token))).GetProperty("data").EnumerateArray().Select(value => value.GetString()!)];

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri("/-/ready", UriKind.Relative), Token);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>An alert that is pending or fires.</summary>
internal sealed record ActiveAlert(Dictionary<string, string> Labels, Dictionary<string, string> Annotations, string State, string Value);
