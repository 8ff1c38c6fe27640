namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>Describes the body of a packet.</summary>
/// <typeparam name="TPacket">The packet.</typeparam>
internal interface IPacketLayout<in TPacket>
{
    static abstract void WriteBody(ref WireWriter wire, TPacket packet, ProtocolVersion version);
}
