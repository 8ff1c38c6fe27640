using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Unit.Protocols;

/// <summary>What a broker does with a PUBLISH: view it, keep what is forwardable, write it anew.</summary>
internal static class HotPath
{
    public static byte[] Rewrite(ReadOnlySpan<byte> bytes, ProtocolVersion version, PublishPacket packet)
    {
        if (FrameReader.TryRead(bytes, Wire.NoLimit, out FrameHeader header, out DecodeError error) != DecodeStatus.Complete
            || !PublishView.TryRead(header, bytes.Slice(header.HeaderLength, header.BodyLength), version, out PublishView view, out error))
            throw new InvalidOperationException(error.Reason);

        byte[] forwardable = new byte[view.ForwardableLength];
        if (view.CopyForwardable(forwardable) != forwardable.Length)
            throw new InvalidOperationException("CopyForwardable and ForwardableLength differ.");
        uint[] identifiers = [.. packet.Properties.SubscriptionIdentifiers];
        int length = PublishWriter.GetLength(
            version, view.Topic.Length, forwardable.Length, view.Payload.Length, view.QoS, view.HasMessageExpiry, identifiers, view.TopicAlias);
        byte[] copy = new byte[length];
        int written = PublishWriter.Write(
            copy, version, view.Topic, forwardable, view.Payload, view.QoS, view.Retain, view.Dup, view.PacketId, view.HasMessageExpiry,
            view.MessageExpiryInterval, identifiers, view.TopicAlias, out int packetIdOffset);
        if (written != length || (packetIdOffset >= 0 && ((copy[packetIdOffset] << 8) | copy[packetIdOffset + 1]) != view.PacketId))
            throw new InvalidOperationException("Write and GetLength differ.");
        return copy;
    }
}
