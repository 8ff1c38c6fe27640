using System.Buffers;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Micro.Protocols;

/// <summary>A PUBLISH to read and write.</summary>
public sealed class PublishCase
{
    private readonly string _name;

    private PublishCase(string name, ProtocolVersion version, QualityOfService qos, int payload, bool hasProperties)
    {
        _name = name;
        Version = version;
        var output = new ArrayBufferWriter<byte>();
        PacketWriter.Write(output, version, new PublishPacket
        {
            Topic = "sites/hamburg/devices/00017/temperature",
            QoS = qos,
            PacketId = qos == QualityOfService.AtMostOnce ? (ushort)0 : (ushort)4711,
            Payload = new byte[payload],
            Properties = hasProperties
                ? new PublishProperties
                {
                    PayloadIsUtf8 = true,
                    MessageExpiryInterval = 3600,
                    ContentType = "application/json",
                    UserProperties = [new UserProperty("trace", "0af7651916cd43dd8448eb211c80319c")],
                }
                : PublishProperties.None,
        });
        Bytes = output.WrittenSpan.ToArray();
        Destination = new byte[Bytes.Length + 64];
    }

    public ProtocolVersion Version { get; }

    public byte[] Bytes { get; }

    public byte[] Destination { get; }

    public static IEnumerable<PublishCase> All()
    {
        foreach (ProtocolVersion version in new[] { ProtocolVersion.V311, ProtocolVersion.V5 })
        {
            string name = version == ProtocolVersion.V5 ? "5" : "3.1.1";
            yield return new PublishCase($"{name} QoS 0, 64 B", version, QualityOfService.AtMostOnce, 64, hasProperties: false);
            yield return new PublishCase($"{name} QoS 1, 64 B", version, QualityOfService.AtLeastOnce, 64, hasProperties: false);
            yield return new PublishCase($"{name} QoS 0, 16 KiB", version, QualityOfService.AtMostOnce, 16_384, hasProperties: false);
        }

        yield return new PublishCase("5 QoS 1, 64 B, 4 properties", ProtocolVersion.V5, QualityOfService.AtLeastOnce, 64, hasProperties: true);
    }

    public override string ToString() => _name;
}
