using System.Net;
using System.Net.Sockets;

namespace Claims.Ingestion.Postgres.Local.Clusters;

/// <summary>Chooses a port on 127.0.0.1 that nobody uses now; somebody may before the server does, so starts are tried again.</summary>
internal static class FreePort
{
    public static int Choose()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
