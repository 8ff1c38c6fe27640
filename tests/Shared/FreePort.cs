using System.Net;
using System.Net.Sockets;

namespace Fairlead.Shared;

/// <summary>Ports for those who must be told one before they listen.</summary>
public static class FreePort
{
    /// <summary>A TCP port of 127.0.0.1 on which nobody listens now.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
