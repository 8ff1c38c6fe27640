namespace Fairlead.Interop.Drivers;

/// <summary>The ways to the hub.</summary>
public enum Route
{
    /// <summary>Plain TCP.</summary>
    Tcp,

    /// <summary>The TLS listener, with a client certificate.</summary>
    Tls,

    /// <summary>The multi-protocol TLS listener with ALPN <c>x-amzn-mqtt-ca</c> and a client certificate.</summary>
    AlpnAws,

    /// <summary>The multi-protocol TLS listener with ALPN <c>mqtt</c> and no client certificate.</summary>
    AlpnMqtt,

    /// <summary>WebSocket.</summary>
    Ws,

    /// <summary>WebSocket over TLS, on a listener of its own.</summary>
    Wss,

    /// <summary>WebSocket over TLS on the multi-protocol listener, without ALPN.</summary>
    WssOnTls,
}
