using System.Text;

namespace Fairlead.Shared;

/// <summary>A PUBLISH taken apart.</summary>
public sealed record RawPublish(string Topic, byte[] Payload, int QoS, bool Retain, bool Dup, int Id, RawProperties Properties)
{
    /// <summary>The payload as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    public static RawPublish Read(int level, RawPacket packet)
    {
        if (packet.Type != (int)RawType.Publish)
            throw new InvalidDataException($"Expected a PUBLISH, got {packet}.");
        var offset = 0;
        var qos = (packet.Flags >> 1) & 3;
        var topic = RawProperties.String(packet.Body, ref offset);
        var id = 0;
        if (qos > 0)
        {
            id = (packet.Body[offset] << 8) | packet.Body[offset + 1];
            offset += 2;
        }

        var properties = level >= 5 ? RawProperties.Read(packet.Body, ref offset) : new RawProperties();
        return new RawPublish(topic, packet.Body[offset..], qos, (packet.Flags & 1) != 0, (packet.Flags & 8) != 0, id, properties);
    }
}
