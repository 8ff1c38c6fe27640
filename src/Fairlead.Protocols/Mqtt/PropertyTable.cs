using static Fairlead.Protocols.Mqtt.PropertyKind;

namespace Fairlead.Protocols.Mqtt;

/// <summary>Which property is legal in which packet, and which may repeat (MQTT 5, section 2.2.2.2): the one place that knows.</summary>
internal static class PropertyTable
{
    /// <summary>The Will Properties take the place of the reserved packet type 0.</summary>
    public const PacketType Will = PacketType.Reserved;

    private const int Size = (int)PropertyId.SharedSubscriptionAvailable + 1;

    private static readonly PropertyRule[] Rules = Create();

    /// <summary>The rule for an identifier as read from the wire; of kind Unknown when the standard defines none.</summary>
    public static ref readonly PropertyRule Get(byte id) => ref Rules[id < Size ? id : 0];

    /// <summary>The bit of a packet type in <see cref="PropertyRule.Packets"/>.</summary>
    public static ushort Bit(PacketType type) => (ushort)(1 << (int)type);

    private static PropertyRule[] Create()
    {
        ushort publish = Bit(PacketType.Publish);
        ushort will = Bit(Will);
        ushort message = (ushort)(publish | will);
        ushort connect = Bit(PacketType.Connect);
        ushort connAck = Bit(PacketType.ConnAck);
        ushort both = (ushort)(connect | connAck);
        ushort subscribe = Bit(PacketType.Subscribe);
        ushort disconnect = Bit(PacketType.Disconnect);
        ushort auth = Bit(PacketType.Auth);
        ushort acks = (ushort)(Bit(PacketType.PubAck) | Bit(PacketType.PubRec) | Bit(PacketType.PubRel) | Bit(PacketType.PubComp)
            | Bit(PacketType.SubAck) | Bit(PacketType.UnsubAck));
        ushort pings = (ushort)(Bit(PacketType.PingReq) | Bit(PacketType.PingResp));

        var rules = new PropertyRule[Size];
        void Add(PropertyId id, string name, PropertyKind kind, int packets, int repeatable = 0) =>
            rules[(int)id] = new PropertyRule(name, kind, (ushort)packets, (ushort)repeatable);

        Add(PropertyId.PayloadFormatIndicator, "Payload Format Indicator", Flag, message);
        Add(PropertyId.MessageExpiryInterval, "Message Expiry Interval", PropertyKind.UInt32, message);
        Add(PropertyId.ContentType, "Content Type", Utf8, message);
        Add(PropertyId.ResponseTopic, "Response Topic", Topic, message);
        Add(PropertyId.CorrelationData, "Correlation Data", Binary, message);
        Add(PropertyId.SubscriptionIdentifier, "Subscription Identifier", NonZeroVariable, publish | subscribe, publish);
        Add(PropertyId.SessionExpiryInterval, "Session Expiry Interval", PropertyKind.UInt32, both | disconnect);
        Add(PropertyId.AssignedClientIdentifier, "Assigned Client Identifier", Utf8, connAck);
        Add(PropertyId.ServerKeepAlive, "Server Keep Alive", PropertyKind.UInt16, connAck);
        Add(PropertyId.AuthenticationMethod, "Authentication Method", Utf8, both | auth);
        Add(PropertyId.AuthenticationData, "Authentication Data", Binary, both | auth);
        Add(PropertyId.RequestProblemInformation, "Request Problem Information", Flag, connect);
        Add(PropertyId.WillDelayInterval, "Will Delay Interval", PropertyKind.UInt32, will);
        Add(PropertyId.RequestResponseInformation, "Request Response Information", Flag, connect);
        Add(PropertyId.ResponseInformation, "Response Information", Utf8, connAck);
        Add(PropertyId.ServerReference, "Server Reference", Utf8, connAck | disconnect);
        Add(PropertyId.ReasonString, "Reason String", Utf8, connAck | acks | disconnect | auth);
        Add(PropertyId.ReceiveMaximum, "Receive Maximum", NonZeroUInt16, both);
        Add(PropertyId.TopicAliasMaximum, "Topic Alias Maximum", PropertyKind.UInt16, both);
        Add(PropertyId.TopicAlias, "Topic Alias", Alias, publish);
        Add(PropertyId.MaximumQoS, "Maximum QoS", Flag, connAck);
        Add(PropertyId.RetainAvailable, "Retain Available", Flag, connAck);
        int everywhere = ushort.MaxValue & ~pings;
        Add(PropertyId.UserProperty, "User Property", Pair, everywhere, everywhere);
        Add(PropertyId.MaximumPacketSize, "Maximum Packet Size", NonZeroUInt32, both);
        Add(PropertyId.WildcardSubscriptionAvailable, "Wildcard Subscription Available", Flag, connAck);
        Add(PropertyId.SubscriptionIdentifierAvailable, "Subscription Identifiers Available", Flag, connAck);
        Add(PropertyId.SharedSubscriptionAvailable, "Shared Subscription Available", Flag, connAck);
        return rules;
    }
}
