namespace Fairlead.Client.Mqtt;

/// <summary>Where an <see cref="MqttClient"/> stands.</summary>
public enum ConnectionState
{
    /// <summary>Not connected and not trying.</summary>
    Disconnected,

    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Connected,

    /// <summary>The connection was lost; the next attempt waits or runs.</summary>
    Reconnecting,

    /// <summary>Disconnected for good; the client cannot be used again.</summary>
    Closed,
}
