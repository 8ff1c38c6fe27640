using System.Net;
using Fairlead.Server.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Fairlead.Server.Listeners;

/// <summary>A listener that runs, or is about to.</summary>
internal sealed class Listener(ListenUrl configured)
{
    private ListenOptions? _options;
    private EndPoint? _bound;
    private string? _name;

    /// <summary>As configured.</summary>
    public ListenUrl Configured { get; } = configured;

    /// <summary>What it speaks.</summary>
    public ListenerKind Kind => Configured.Kind;

    /// <summary>As bound: with the real port.</summary>
    public ListenUrl Bound => (_bound ?? _options?.EndPoint) is IPEndPoint { Port: > 0 } bound ? Configured with { Port = bound.Port } : Configured;

    /// <summary>Its address as text, for logs and for the broker.</summary>
    public string Name => _name ?? Bound.ToString();

    /// <summary>Address to bind.</summary>
    public IPEndPoint EndPoint => new(
        Configured.Host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            var host => IPAddress.Parse(host),
        },
        Configured.Port);

    /// <summary>Learns which Kestrel endpoint it is; that endpoint knows the port once it is bound.</summary>
    public void Attach(ListenOptions options) => _options = options;

    /// <summary>Learns where it was bound, when it is no endpoint of Kestrel's server.</summary>
    public void Attach(EndPoint bound) => _bound = bound;

    /// <summary>Called when all listeners are bound: the name is final.</summary>
    public void Freeze() => _name = Bound.ToString();
}
