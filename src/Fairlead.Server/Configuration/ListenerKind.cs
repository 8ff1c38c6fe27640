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

    /// <summary><c>tls://</c>: MQTT, HTTP and WebSocket on one TLS port, told apart by ALPN.</summary>
    Tls,

    /// <summary><c>http://</c>: health, metrics and administration.</summary>
    Http,
}
