namespace Fairlead.Protocols.Mqtt;

/// <summary>Identifier of an MQTT 5 property (section 2.2.2.2).</summary>
public enum PropertyId : byte
{
    /// <summary>No property.</summary>
    None = 0,

    /// <summary>Byte: 1 means the payload is UTF-8 text.</summary>
    PayloadFormatIndicator = 0x01,

    /// <summary>Four Byte Integer: life of the message in seconds.</summary>
    MessageExpiryInterval = 0x02,

    /// <summary>UTF-8 String: description of the payload's content.</summary>
    ContentType = 0x03,

    /// <summary>UTF-8 String: Topic Name for a response.</summary>
    ResponseTopic = 0x08,

    /// <summary>Binary Data that links a response to its request.</summary>
    CorrelationData = 0x09,

    /// <summary>Variable Byte Integer, 1 to 268,435,455.</summary>
    SubscriptionIdentifier = 0x0B,

    /// <summary>Four Byte Integer: life of the Session after the connection, in seconds.</summary>
    SessionExpiryInterval = 0x11,

    /// <summary>UTF-8 String: the Client Identifier that the Server chose.</summary>
    AssignedClientIdentifier = 0x12,

    /// <summary>Two Byte Integer: Keep Alive that the Server asks for, in seconds.</summary>
    ServerKeepAlive = 0x13,

    /// <summary>UTF-8 String: name of the authentication method.</summary>
    AuthenticationMethod = 0x15,

    /// <summary>Binary Data of the authentication method.</summary>
    AuthenticationData = 0x16,

    /// <summary>Byte: 0 or 1.</summary>
    RequestProblemInformation = 0x17,

    /// <summary>Four Byte Integer: seconds between the end of the connection and the Will.</summary>
    WillDelayInterval = 0x18,

    /// <summary>Byte: 0 or 1.</summary>
    RequestResponseInformation = 0x19,

    /// <summary>UTF-8 String: basis for a Response Topic.</summary>
    ResponseInformation = 0x1A,

    /// <summary>UTF-8 String: another Server to use.</summary>
    ServerReference = 0x1C,

    /// <summary>UTF-8 String: why, for people.</summary>
    ReasonString = 0x1F,

    /// <summary>Two Byte Integer: how many QoS 1 and 2 publications may be unacknowledged.</summary>
    ReceiveMaximum = 0x21,

    /// <summary>Two Byte Integer: highest Topic Alias accepted.</summary>
    TopicAliasMaximum = 0x22,

    /// <summary>Two Byte Integer: number that stands for a Topic Name.</summary>
    TopicAlias = 0x23,

    /// <summary>Byte: highest QoS that the Server supports, 0 or 1.</summary>
    MaximumQoS = 0x24,

    /// <summary>Byte: 0 or 1.</summary>
    RetainAvailable = 0x25,

    /// <summary>UTF-8 String Pair; may appear many times, order is kept.</summary>
    UserProperty = 0x26,

    /// <summary>Four Byte Integer: largest packet accepted, in bytes.</summary>
    MaximumPacketSize = 0x27,

    /// <summary>Byte: 0 or 1.</summary>
    WildcardSubscriptionAvailable = 0x28,

    /// <summary>Byte: 0 or 1.</summary>
    SubscriptionIdentifierAvailable = 0x29,

    /// <summary>Byte: 0 or 1.</summary>
    SharedSubscriptionAvailable = 0x2A,
}
