using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;

namespace Fairlead.Broker.Routing;

/// <summary>Views a kept message as a publication.</summary>
internal static class MessagePublication
{
    /// <summary>The publication, with the time that is left of its life [MQTT-3.3.2-6].</summary>
    public static Publication ToPublication(this Message message, long now, PublishOrigin origin) => new()
    {
        Topic = message.Topic,
        Payload = message.Payload,
        Properties = message.Properties,
        QoS = message.QoS,
        Retain = message.Retain,
        HasExpiry = message.ExpiresAt != long.MaxValue,
        ExpiryInterval = message.ExpiresAt == long.MaxValue ? 0 : (uint)(Math.Max(0, message.ExpiresAt - now) / 1000),
        Origin = origin,
    };
}
