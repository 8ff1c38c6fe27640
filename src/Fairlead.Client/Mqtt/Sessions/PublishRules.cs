using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>What can be known to be wrong before anything is sent.</summary>
internal static class PublishRules
{
    public static void Check(PublishPacket packet, byte[] topic, int propertiesLength, ProtocolVersion version, ConnAckPacket server)
    {
        string what = $"cannot publish to {(packet.Topic.Length == 0 ? "an empty topic" : packet.Topic)}";
        if (!TopicName.IsValid(topic))
        {
            const string Cure = "Use 1 to 65,535 bytes of UTF-8 without '+', '#' and U+0000";
            throw Failures.Invalid(what, "this is not a Topic Name", Cure, ReasonCode.TopicNameInvalid);
        }

        if (packet.QoS > (server.MaximumQoS ?? QualityOfService.ExactlyOnce))
        {
            throw Failures.NotSupported(what, ReasonCode.QoSNotSupported, $"the server's Maximum QoS is {(byte)server.MaximumQoS!}");
        }

        if (packet.Retain && server.RetainAvailable == false)
            throw Failures.NotSupported(what, ReasonCode.RetainNotSupported, null);
        if (packet.TopicAlias is { } alias && (alias == 0 || alias > (server.TopicAliasMaximum ?? 0)))
        {
            throw Failures.NotSupported(what, ReasonCode.TopicAliasInvalid, $"the server's Topic Alias Maximum is {server.TopicAliasMaximum ?? 0}");
        }

        int length = PublishWriter.GetLength(
            version,
            topic.Length,
            propertiesLength,
            packet.Payload.Length,
            packet.QoS,
            packet.Properties.MessageExpiryInterval.HasValue,
            [],
            packet.TopicAlias ?? 0);
        if (length > (server.MaximumPacketSize ?? uint.MaxValue))
        {
            string why = $"the packet has {length} bytes, the server's Maximum Packet Size is {server.MaximumPacketSize}";
            throw Failures.NotSupported(what, ReasonCode.PacketTooLarge, why);
        }
    }

    public static void CheckFilters(string verb, IReadOnlyList<string> filters)
    {
        if (filters.Count == 0)
            throw Failures.Invalid($"cannot {verb}", "there is no Topic Filter", "Name at least one");
        foreach (string filter in filters)
        {
            if (!TopicFilter.IsValid(filter))
            {
                throw Failures.Invalid(
                    $"cannot {verb} {(verb == "subscribe" ? "to" : "from")} {(filter.Length == 0 ? "an empty filter" : filter)}",
                    "this is not a Topic Filter",
                    ReasonCodeText.Cure(ReasonCode.TopicFilterInvalid),
                    ReasonCode.TopicFilterInvalid);
            }
        }
    }
}
