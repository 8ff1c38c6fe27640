using Fairlead.Client.Mqtt;

namespace Fairlead.Client.Amqp;

/// <summary>Where an AMQP server is and how to get there.</summary>
public sealed record AmqpDialOptions
{
    /// <summary>
    /// The server: <c>amqp://</c> (port 5672), <c>amqps://</c> (5671), <c>ws://</c> or <c>wss://</c> (80 and 443, path <c>/$iothub/websocket</c>
    /// unless another is given, sub-protocol <c>AMQPWSB10</c>; spec 2.1).
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>TLS: authorities, client certificate, name.</summary>
    public TlsOptions Tls { get; init; } = TlsOptions.Default;

    /// <summary>Time for name lookup, TCP, TLS and WebSocket. Default 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
