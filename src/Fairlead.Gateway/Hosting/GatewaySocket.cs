using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fairlead.Gateway.Hosting;

/// <summary>
/// Makes the sockets that the gateway listens with. What is accepted from them takes over their options: a device that has gone without a word
/// (no power, no network) is noticed by the bytes that it does not acknowledge, heartbeats of streams at the latest, rather than after the quarter
/// of an hour for which an operating system repeats them.
/// </summary>
internal static class GatewaySocket
{
    /// <summary>Seconds after which a peer counts as gone that acknowledges nothing; as long as a WebSocket may be without a pong.</summary>
    public const int Patience = 30;

    private const int LinuxTcp = 6;
    private const int LinuxUserTimeout = 18;

    /// <summary>Binds a socket.</summary>
    /// <param name="address">Address and port.</param>
    /// <exception cref="SocketException">The address cannot be used.</exception>
    public static Socket Listen(EndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(LinuxTcp, LinuxUserTimeout, BitConverter.GetBytes(Patience * 1000));
        return socket;
    }
}
