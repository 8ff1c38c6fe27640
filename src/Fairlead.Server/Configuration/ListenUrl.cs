using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Fairlead.Server.Configuration;

/// <summary>Address of a listener, such as <c>mqtts://0.0.0.0:8883</c> or <c>ws://127.0.0.1:8081/mqtt</c>.</summary>
/// <param name="Kind">What it speaks.</param>
/// <param name="Host">An IP address, <c>localhost</c>, or <c>*</c> for every address.</param>
/// <param name="Port">Port; 0 takes a free one.</param>
/// <param name="Path">Path of the WebSocket endpoint, with its slash; empty for other kinds.</param>
public sealed record ListenUrl(ListenerKind Kind, string Host, int Port, string Path)
{
    private const string Form = "SCHEME://ADDRESS:PORT with the scheme mqtt, mqtts, ws, wss, tls, amqp, amqps or http, and an IP address, localhost or *";

    /// <summary>Whether bytes go over the network unencrypted.</summary>
    public bool IsPlaintext => Kind is ListenerKind.Mqtt or ListenerKind.Ws or ListenerKind.Amqp or ListenerKind.Http;

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether MQTT clients connect here.</summary>
    public bool TakesMqtt => Kind is not (ListenerKind.Http or ListenerKind.Amqp or ListenerKind.Amqps);

    /// <summary>Whether devices connect here, whatever they speak.</summary>
    public bool TakesDevices => Kind != ListenerKind.Http;

    /// <summary>Whether it is served straight from the socket, with neither TLS nor HTTP around it.</summary>
    public bool IsBare => Kind is ListenerKind.Mqtt or ListenerKind.Amqp;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="url">The result.</param>
    /// <param name="problem">What is wrong, when it is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenUrl? url, out string problem)
    {
        url = null;
        problem = "must be " + Form;
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0 || !Enum.TryParse<ListenerKind>(text[..schemeEnd], ignoreCase: true, out var kind) || char.IsAsciiDigit(text[0]))
            return false;

        var rest = text[(schemeEnd + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var path = slash < 0 ? "" : rest[slash..];
        if (!TrySplitPort(slash < 0 ? rest : rest[..slash], kind, out var host, out var port)) return false;

        if (host is not ("localhost" or "*") && !IPAddress.TryParse(host, out _))
        {
            problem = $"has the host '{host}', but a listener needs an IP address of this machine, localhost, or * for every address";
            return false;
        }

        var takesPath = kind is ListenerKind.Ws or ListenerKind.Wss or ListenerKind.Tls;
        if (!takesPath && path is not ("" or "/"))
        {
            problem = $"has the path '{path}', but only ws, wss and tls take one";
            return false;
        }

        url = new ListenUrl(kind, host, port, takesPath ? (path is "" or "/" ? "/mqtt" : path) : "");
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        // On a tls:// port the path is that of its WebSocket endpoint, one protocol of several: not part of its name.
        var path = Kind is ListenerKind.Tls ? "" : Path;
        return string.Create(CultureInfo.InvariantCulture, $"{Kind.ToString().ToLowerInvariant()}://{host}:{Port}{path}");
    }

    private static bool TrySplitPort(string authority, ListenerKind kind, out string host, out int port)
    {
        port = DefaultPort(kind);
        host = authority;
        var colon = authority.LastIndexOf(':');
        var bracket = authority.LastIndexOf(']');
        if (colon > bracket)
        {
            host = authority[..colon];
            if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65_535) return false;
        }

        if (bracket > 0 && host.StartsWith('[')) host = host[1..bracket];
        return host.Length > 0;
    }

    private static int DefaultPort(ListenerKind kind) => kind switch
    {
        ListenerKind.Mqtt => 1883,
        ListenerKind.Mqtts => 8883,
        ListenerKind.Ws => 8081,
        ListenerKind.Wss => 8084,
        ListenerKind.Tls => 8443,
        ListenerKind.Amqp => 5672,
        ListenerKind.Amqps => 5671,
        _ => 8080,
    };
}
