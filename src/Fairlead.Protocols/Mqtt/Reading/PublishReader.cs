using System.Text;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Reads PUBLISH into an object, on top of <see cref="PublishView"/>.</summary>
internal static class PublishReader
{
    public static bool TryRead(
        FrameHeader header, ReadOnlySpan<byte> body, ProtocolVersion version, out PublishPacket? packet, out DecodeError error)
    {
        packet = null;
        if (!PublishView.TryRead(header, body, version, out PublishView view, out error))
            return false;
        packet = new PublishPacket
        {
            Topic = Encoding.UTF8.GetString(view.Topic),
            Payload = view.Payload.ToArray(),
            QoS = view.QoS,
            Retain = view.Retain,
            Dup = view.Dup,
            PacketId = view.PacketId,
            TopicAlias = view.TopicAlias == 0 ? null : view.TopicAlias,
            Properties = PublishPropertiesReader.Read(view.Properties),
        };
        return true;
    }
}
