namespace Fairlead.Protocols.Mqtt.Packets;

/// <summary>CONNECT: the first packet of a client (MQTT 5, section 3.1). Version 5 properties keep their defaults in 3.x.</summary>
public sealed record ConnectPacket
{
    /// <summary>The standard that the client speaks.</summary>
    public ProtocolVersion Version { get; init; } = ProtocolVersion.V5;

    /// <summary>Clean Start in version 5, Clean Session in 3.x.</summary>
    public bool CleanStart { get; init; }

    /// <summary>Keep Alive in seconds; 0 turns it off.</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>Client Identifier; empty asks the Server to assign one.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>User Name, or null when absent.</summary>
    public string? UserName { get; init; }

    /// <summary>Password bytes, or null when absent.</summary>
    public byte[]? Password { get; init; }

    /// <summary>The Will Message, or null when absent.</summary>
    public WillMessage? Will { get; init; }

    /// <summary>Session Expiry Interval in seconds, 0xFFFFFFFF for never; null when absent.</summary>
    public uint? SessionExpiryInterval { get; init; }

    /// <summary>Receive Maximum, 1 to 65,535; null when absent (then 65,535).</summary>
    public ushort? ReceiveMaximum { get; init; }

    /// <summary>Maximum Packet Size in bytes, at least 1; null when absent (no limit).</summary>
    public uint? MaximumPacketSize { get; init; }

    /// <summary>Topic Alias Maximum; 0 when absent (no aliases).</summary>
    public ushort TopicAliasMaximum { get; init; }

    /// <summary>Whether the client asks for Response Information; default false.</summary>
    public bool RequestResponseInformation { get; init; }

    /// <summary>Whether Reason Strings and User Properties may be sent on any packet; default true.</summary>
    public bool RequestProblemInformation { get; init; } = true;

    /// <summary>Authentication Method, or null when absent.</summary>
    public string? AuthenticationMethod { get; init; }

    /// <summary>Authentication Data, or null when absent.</summary>
    public byte[]? AuthenticationData { get; init; }

    /// <summary>User Properties in order.</summary>
    public IReadOnlyList<UserProperty> UserProperties { get; init; } = [];
}
