using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Spool;

/// <summary>A message on its way into the spool.</summary>
internal sealed class SpoolEntry
{
    /// <summary>When it came from the local broker, in Unix milliseconds.</summary>
    public required long ArrivedAt { get; init; }

    /// <summary>What it is.</summary>
    public required MessageClass Class { get; init; }

    /// <summary>Quality of Service of the local delivery; 2 is spooled as 1.</summary>
    public required QualityOfService QoS { get; init; }

    /// <summary>Topic Name at the local broker.</summary>
    public required string LocalTopic { get; init; }

    /// <summary>Topic Name for the remote side; null when the link makes it while sending (twin messages, links with topics of their own).</summary>
    public string? RemoteTopic { get; init; }

    /// <summary>Payload as it goes out. Handed over: it must not change any more.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>When it is of no use any more, in Unix milliseconds (hono-ttl, MQTT 5 expiry); 0 for never. <see cref="SpoolLimits.TimeToLive"/> holds besides.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>MQTT 5 Content Type, if any.</summary>
    public string? ContentType { get; init; }

    /// <summary>Links that want it, made of <see cref="MessageSpool.MaskOf"/>; 0 for all.</summary>
    public long Links { get; init; }

    /// <summary>Packet Identifier of the local delivery; 0 for QoS 0 and for messages made here.</summary>
    public ushort PacketId { get; init; }

    /// <summary>DUP flag of the local delivery.</summary>
    public bool IsRepeat { get; init; }
}
