using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Spool;

/// <summary>A message taken from the spool.</summary>
internal sealed class SpooledMessage
{
    /// <summary>Number of the record; ascending in order of arrival over all classes, never given twice.</summary>
    public required long Sequence { get; init; }

    /// <summary>What it is.</summary>
    public required MessageClass Class { get; init; }

    /// <summary>Quality of Service to publish it with, 0 or 1.</summary>
    public required QualityOfService QoS { get; init; }

    /// <summary>When it came from the local broker, in Unix milliseconds.</summary>
    public required long ArrivedAt { get; init; }

    /// <summary>When it is of no use any more, in Unix milliseconds; 0 for never.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Topic Name at the local broker.</summary>
    public required string LocalTopic { get; init; }

    /// <summary>Topic Name for the remote side; null when the link makes it.</summary>
    public required string? RemoteTopic { get; init; }

    /// <summary>MQTT 5 Content Type, if any.</summary>
    public required string? ContentType { get; init; }

    /// <summary>Payload.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>How often it was taken in this process: 1 for the first time, more means DUP.</summary>
    public int Attempts { get; set; }

    /// <summary>Time stamp of the clock when it was taken the last time.</summary>
    internal long TakenAt { get; set; }

    /// <summary>Place among all taken for the link; 0 until then.</summary>
    internal long TakeNumber { get; set; }

    /// <summary>Who may dispose of it; guarded by the cursor's lock.</summary>
    internal MessageHold Hold { get; set; }

    /// <summary>Links that want it, as far as this copy knows.</summary>
    internal required long Links { get; set; }

    /// <summary>Bytes of its record, as the limits count them.</summary>
    internal required int Size { get; init; }

    /// <summary>The same message with a state of its own, for another link.</summary>
    internal SpooledMessage ForAnotherLink() => new()
    {
        Sequence = Sequence,
        Class = Class,
        QoS = QoS,
        ArrivedAt = ArrivedAt,
        ExpiresAt = ExpiresAt,
        LocalTopic = LocalTopic,
        RemoteTopic = RemoteTopic,
        ContentType = ContentType,
        Payload = Payload,
        Links = Links,
        Size = Size,
    };
}
