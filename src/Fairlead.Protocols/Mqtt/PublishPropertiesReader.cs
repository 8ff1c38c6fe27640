using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Protocols.Mqtt.Reading;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Turns the raw properties of a <see cref="PublishView"/> into an object, for features and tools.</summary>
public static class PublishPropertiesReader
{
    /// <summary>Reads properties that <see cref="PublishView.TryRead"/> has already judged; what follows a fault is left out.</summary>
    /// <param name="rawProperties">The properties without their length.</param>
    /// <returns>The properties, Topic Alias apart.</returns>
    public static PublishProperties Read(ReadOnlySpan<byte> rawProperties)
    {
        var properties = default(MessageProperties);
        var reader = new PropertyReader(rawProperties, PacketType.Publish);
        while (reader.TryNext())
            properties.Take(reader);
        return properties.ToProperties();
    }
}
