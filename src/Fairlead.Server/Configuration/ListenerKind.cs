namespace Fairlead.Server.Configuration;

/// <summary>What a listener speaks; the scheme of its address.</summary>
public enum ListenerKind
{
    /// <summary><c>mqtt://</c>: MQTT over TCP.</summary>
    Mqtt,

    /// <summary><c>mqtts://</c>: MQTT over TLS.</summary>
    Mqtts,

    /// <summary><c>ws://</c>: MQTT over WebSocket.</summary>
    Ws,

    /// <summary><c>wss://</c>: MQTT over WebSocket over TLS.</summary>
    Wss,

    /// <summary><c>tls://</c>: MQTT, HTTP, WebSocket and AMQP on one TLS port, told apart by ALPN and first bytes.</summary>
    Tls,

    /// <summary><c>amqp://</c>: AMQP 1.0 over TCP.</summary>
    Amqp,

    /// <summary><c>amqps://</c>: AMQP 1.0 over TLS.</summary>
    Amqps,

    /// <summary><c>http://</c>: health, metrics and administration.</summary>
    Http,
}
