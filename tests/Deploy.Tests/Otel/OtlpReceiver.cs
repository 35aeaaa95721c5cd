using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ReferenceHost.Tests;

namespace Deploy.Tests.Otel;

/// <summary>Takes what a host sends by OTLP over HTTP, in the place of a collector.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _signals = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _taking;

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{HostProcess.FreePort()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _taking = TakeAsync();
    }

    public string Address { get; }

    /// <summary>The signals that came, and with the name of the host: <c>logs</c>, <c>metrics</c>, <c>traces</c>.</summary>
    public IReadOnlyList<string> Signals => [.. _signals.Keys.Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        // A listener that is closed does not always end the waiting for a call, nor that for the rest of one whose sender was killed.
        await _end.CancelAsync();
        _listener.Close();
        await _taking;
        _end.Dispose();
    }

    private async Task TakeAsync()
    {
        byte[] name = Encoding.UTF8.GetBytes("claims-reference-host");
        while (!_end.IsCancellationRequested)
        {
            try
            {
                HttpListenerContext call = await _listener.GetContextAsync().WaitAsync(_end.Token);
                using var body = new MemoryStream();
                await call.Request.InputStream.CopyToAsync(body).WaitAsync(_end.Token);
                if (body.ToArray().AsSpan().IndexOf(name) >= 0) _signals[call.Request.Url!.AbsolutePath.Replace("/v1/", "", StringComparison.Ordinal)] = true;
                call.Response.ContentType = "application/x-protobuf";
                call.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException)
            {
                // The test has ended, or the host.
            }
        }
    }
}
