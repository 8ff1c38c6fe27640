using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>A QoS 1 or 2 publication from the call until its last acknowledgment.</summary>
internal sealed class OutboundPublication
{
    public required byte[] Topic { get; init; }

    public required byte[] Properties { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required QualityOfService QoS { get; init; }

    public required bool Retain { get; init; }

    /// <summary>Whether an earlier client sent it already, so that the first sending of this one carries DUP too.</summary>
    public bool Dup { get; init; }

    public uint? MessageExpiry { get; init; }

    /// <summary>Null for none.</summary>
    public ushort? TopicAlias { get; init; }

    /// <summary>When it was handed over, to shorten the Message Expiry Interval of a publication that waits.</summary>
    public required long QueuedAt { get; init; }

    /// <summary>0 until it is first sent.</summary>
    public ushort PacketId { get; set; }

    /// <summary>PUBREC came: the Server owns the message, PUBREL is what is sent again.</summary>
    public bool Released { get; set; }

    /// <summary>It holds a part of the Server's Receive Maximum on the connection of now.</summary>
    public bool HoldsQuota { get; set; }

    public TaskCompletionSource<PublishResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long QueuedBytes => Topic.Length + Properties.Length + Payload.Length;

    public string TopicText => System.Text.Encoding.UTF8.GetString(Topic);
}
