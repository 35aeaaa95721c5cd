using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using FacilityGateway.Gateway;

namespace FacilityGateway.Tests.Gateway;

public sealed class ServeCommandTests : IDisposable
{
    private readonly ListeningWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task Serve_UntilStopped_ServesTheWorld()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = Program.RunAsync(["serve", "--port", "0", "--facilities", "2", "--files", "3", "--claims", "2", "--seed", "5", "--latency", "1", "--search-cap", "7", "--arrival", "00:00:00"], _output, _error, stop.Token);
        var text = await _output.Written.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        var address = new Uri(text.Split('\n')[0].TrimEnd().Split(' ')[^1]);
        using var http = new HttpClient();
        var accounts = await http.GetFromJsonAsync<List<GatewayAccount>>(new Uri(address, "/control/accounts"), TestContext.Current.CancellationToken);
        using var client = new GatewayClient(address, accounts![1].Login, accounts[1].Password);

        Assert.Equal(2, accounts.Count);
        Assert.InRange((await client.GetNewAsync()).Result, 0, 2);
        await stop.CancelAsync();

        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("", _error.ToString());
        Assert.DoesNotContain(accounts[0].Password, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--search-cap", "0", "SearchCap is 0; it must be from 1 to 1000000.")]
    [InlineData("--port", "70000", "Port is 70000; it must be from 0 to 65535.")]
    [InlineData("--files", "0", "FilesPerFacility is 0; it must be from 1 to 1000000.")]
    [InlineData("--latency", "-1", "Latency is -00:00:00.0010000; it must be from 00:00:00 to 01:00:00.")]
    public async Task Serve_OptionOutOfLimits_SaysSoInOneLine(string option, string value, string message)
    {
        var exit = await Program.RunAsync(["serve", option, value], _output, _error, TestContext.Current.CancellationToken);

        Assert.Equal(1, exit);
        Assert.Equal(message + Environment.NewLine, _error.ToString());
    }

    [Fact]
    public async Task Serve_NoTime_NamesTheOption()
    {
        var exit = await Program.RunAsync(["serve", "--arrival", "soon"], _output, _error, TestContext.Current.CancellationToken);

        Assert.Equal(1, exit);
        Assert.Contains("--arrival", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_PortTaken_SaysSoInOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var exit = await Program.RunAsync(["serve", "--port", $"{port}", "--facilities", "1"], _output, _error, TestContext.Current.CancellationToken);

        Assert.Equal(1, exit);
        Assert.Equal($"Failed to bind to address http://127.0.0.1:{port}: address already in use.{Environment.NewLine}", _error.ToString());
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    /// <summary>Tells when the first text was written.</summary>
    private sealed class ListeningWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _written.Task;

        public override Task WriteLineAsync(string? value)
        {
            _written.TrySetResult(value ?? "");
            return base.WriteLineAsync(value);
        }
    }
}
