using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Protocols.Mqtt.Writing;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Turns properties into the bytes that <see cref="PublishWriter"/> takes.</summary>
public static class PublishPropertiesWriter
{
    /// <summary>
    /// Writes all properties except Message Expiry Interval, Subscription Identifiers and Topic Alias, which belong to a delivery.
    /// </summary>
    /// <param name="properties">The properties.</param>
    /// <returns>Their wire form without its length.</returns>
    public static byte[] WriteForwardable(PublishProperties properties)
    {
        WireWriter counter = WireWriter.Counter;
        PublishLayout.WriteForwardable(ref counter, properties);
        if (counter.Position == 0)
            return [];
        byte[] bytes = new byte[counter.Position];
        var wire = new WireWriter(bytes);
        PublishLayout.WriteForwardable(ref wire, properties);
        return bytes;
    }
}
