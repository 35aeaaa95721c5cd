using System.Net;
using System.Net.Sockets;

namespace Deploy.Tests.Faults;

/// <summary>A way to a server of this machine on which everything may take longer.</summary>
internal sealed class SlowWay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly Task _accepting;
    private long _delay;

    public SlowWay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How much longer it takes until the server hears something.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delay));
        set => Interlocked.Exchange(ref _delay, value.Ticks);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true) open.Add(LeadAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task LeadAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        using (var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token))
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, both.Token);
                client.NoDelay = server.NoDelay = true;
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), isDelayed: true, both.Token), CopyAsync(server.GetStream(), client.GetStream(), isDelayed: false, both.Token));
            }
            catch (SocketException)
            {
                // The server is away; so is the way to it.
            }
            catch (OperationCanceledException) when (both.IsCancellationRequested)
            {
                // The test has ended.
            }

            await both.CancelAsync();
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool isDelayed, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (isDelayed && Delay > TimeSpan.Zero) await Task.Delay(Delay, TimeProvider.System, cancellationToken);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two has closed the connection.
        }
    }
}
