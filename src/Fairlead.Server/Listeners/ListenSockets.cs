using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Fairlead.Server.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Fairlead.Server.Listeners;

/// <summary>Makes the listening sockets, and says in one sentence why one cannot be made.</summary>
internal sealed class ListenSockets(IReadOnlyList<Listener> listeners, bool mayTakeOtherPorts)
{
    private readonly List<string> _notes = [];

    /// <summary>Listeners that had to take another port, as sentences.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Makes the socket for an address.</summary>
    public Socket Create(EndPoint endPoint)
    {
        var listener = listeners.FirstOrDefault(candidate => candidate.EndPoint.Equals(endPoint));
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        }
        catch (SocketException exception) when (
            exception.SocketErrorCode == SocketError.AddressAlreadyInUse && listener is not null && mayTakeOtherPorts)
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(listener.EndPoint.Address, 0));
            _notes.Add($"port {listener.Configured.Port} is taken, so {listener.Kind.ToString().ToLowerInvariant()} takes {((IPEndPoint)socket.LocalEndPoint!).Port}");
            return socket;
        }
        catch (SocketException exception)
        {
            Refuse(listener?.Configured.ToString() ?? endPoint.ToString()!, ((IPEndPoint)endPoint).Port, exception);
            throw;
        }
    }

    [DoesNotReturn]
    private static void Refuse(string listener, int port, SocketException exception) => throw new HubStartException(
        exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"cannot listen on {listener}: port {port} is in use; 'ss -ltnp sport = :{port}' shows by whom, and port 0 takes a free one",
            SocketError.AccessDenied =>
                $"cannot listen on {listener}: ports below 1024 need a privilege; take a higher port, or grant it with " +
                "AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit",
            SocketError.AddressNotAvailable => $"cannot listen on {listener}: this machine has no such address; 'ip address' lists those it has",
            SocketError.AddressFamilyNotSupported => $"cannot listen on {listener}: this machine has no IPv6",
            _ => $"cannot listen on {listener}: {exception.Message}",
        },
        exception);
}
