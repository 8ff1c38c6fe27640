using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Transforms;

/// <summary>A publication ready to leave, and the spooled messages that it carries: one acknowledgment is for all of them.</summary>
internal sealed class OutgoingMessage
{
    private OutgoingMessage(IReadOnlyList<SpooledMessage> members) => Members = members;

    /// <summary>What it carries, at least one.</summary>
    public IReadOnlyList<SpooledMessage> Members { get; }

    /// <summary>The first of them, which stands for all in logs.</summary>
    public SpooledMessage First => Members[0];

    /// <summary>Topic Name.</summary>
    public required string Topic { get; init; }

    /// <summary>Payload.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of Service, the highest of the members'.</summary>
    public required QualityOfService QoS { get; init; }

    /// <summary>MQTT 5 Content Type; null for none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Compression, told by an MQTT 5 user property or else by the last level of the topic.</summary>
    public PayloadEncoding Encoding { get; init; }

    /// <summary>Earliest end of a member in Unix milliseconds; 0 for never.</summary>
    public long ExpiresAt { get; init; }

    /// <summary>Whether a member was sent before.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>Makes a publication of one message or a batch.</summary>
    /// <param name="members">The messages.</param>
    /// <param name="remote">Where they go.</param>
    /// <param name="rule">What happens to them; null for nothing.</param>
    /// <param name="hasProperties">Whether the connection speaks MQTT 5.</param>
    public static OutgoingMessage Make(IReadOnlyList<SpooledMessage> members, in RemotePublish remote, TransformRule? rule, bool hasProperties)
    {
        var first = members[0];
        var (payload, contentType) = (first.Payload, remote.ContentType ?? first.ContentType);
        if (rule?.Batch is not null)
        {
            var batch = BatchPayload.Write(members);
            (payload, contentType) = (batch.Payload, batch.ContentType);
        }

        var encoding = PayloadEncoding.Identity;
        if (rule is not null && rule.Compress != PayloadEncoding.Identity && payload.Length >= rule.LeastBytes
            && PayloadCompressor.TryCompress(rule.Compress, payload) is { } compressed)
        {
            (payload, encoding) = (compressed, rule.Compress);
        }

        return new OutgoingMessage(members)
        {
            Topic = encoding == PayloadEncoding.Identity || hasProperties ? remote.Topic : $"{remote.Topic}/{PayloadCompressor.NameOf(encoding)}",
            Payload = payload,
            QoS = members.Any(static member => member.QoS != QualityOfService.AtMostOnce) ? QualityOfService.AtLeastOnce : QualityOfService.AtMostOnce,
            ContentType = contentType,
            Encoding = encoding,
            ExpiresAt = members.Where(static member => member.ExpiresAt != 0).Select(static member => member.ExpiresAt).DefaultIfEmpty().Min(),
            IsRepeat = members.Any(static member => member.Attempts > 1),
        };
    }
}
