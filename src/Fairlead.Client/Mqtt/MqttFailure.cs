namespace Fairlead.Client.Mqtt;

/// <summary>What kind of failure an <see cref="MqttException"/> stands for.</summary>
public enum MqttFailure
{
    /// <summary>The Server answered with a failure Reason Code.</summary>
    Refused,

    /// <summary>The host name could not be resolved.</summary>
    NameNotFound,

    /// <summary>Nothing listens at the address, or it cannot be reached.</summary>
    Unreachable,

    /// <summary>There was no answer in time.</summary>
    Timeout,

    /// <summary>TLS failed: certificate, name, key or handshake.</summary>
    Tls,

    /// <summary>The Server closed the connection, or the network did.</summary>
    Closed,

    /// <summary>The Server sent bytes that break the standard.</summary>
    Protocol,

    /// <summary>There is no connection.</summary>
    NotConnected,

    /// <summary>A bounded queue is full.</summary>
    QueueFull,

    /// <summary>The request cannot be sent: bad topic, too large, not allowed by what the Server announced.</summary>
    Invalid,

    /// <summary>A file of the settings is missing or cannot be used.</summary>
    Settings,
}
