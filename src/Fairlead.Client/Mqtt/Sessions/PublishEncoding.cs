using System.IO.Pipelines;
using System.Text;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>Encodes what is sent often straight into the pipe.</summary>
internal static class PublishEncoding
{
    public static void Write(PipeWriter writer, ProtocolVersion version, OutboundPublication publication, bool dup, uint? expiry, ushort topicAlias) =>
        Write(
            writer,
            version,
            publication.Topic,
            publication.Properties,
            publication.Payload.Span,
            publication.QoS,
            publication.Retain,
            dup,
            publication.PacketId,
            expiry,
            topicAlias);

    public static void Write(
        PipeWriter writer,
        ProtocolVersion version,
        ReadOnlySpan<byte> topic,
        ReadOnlySpan<byte> properties,
        ReadOnlySpan<byte> payload,
        QualityOfService qos,
        bool retain,
        bool dup,
        ushort packetId,
        uint? expiry,
        ushort topicAlias)
    {
        int length = PublishWriter.GetLength(version, topic.Length, properties.Length, payload.Length, qos, expiry.HasValue, [], topicAlias);
        PublishWriter.Write(
            writer.GetSpan(length),
            version,
            topic,
            properties,
            payload,
            qos,
            retain,
            dup,
            packetId,
            expiry.HasValue,
            expiry ?? 0,
            [],
            topicAlias,
            out _);
        writer.Advance(length);
    }

    public static void WriteAck(PipeWriter writer, ProtocolVersion version, PacketType type, ushort packetId, ReasonCode code) =>
        writer.Advance(PacketWriter.WriteAck(writer.GetSpan(8), type, packetId, version, code));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
