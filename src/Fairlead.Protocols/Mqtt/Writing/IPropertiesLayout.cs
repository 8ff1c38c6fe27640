namespace Fairlead.Protocols.Mqtt.Writing;

/// <summary>Describes the properties of a packet.</summary>
/// <typeparam name="TPacket">The packet or the part of one that has the properties.</typeparam>
internal interface IPropertiesLayout<in TPacket>
{
    static abstract void WriteProperties(ref WireWriter wire, TPacket packet);
}
