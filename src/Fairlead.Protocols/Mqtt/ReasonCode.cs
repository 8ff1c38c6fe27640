namespace Fairlead.Protocols.Mqtt;

/// <summary>MQTT 5 Reason Code (section 2.4). Values of 0x80 and above are failures.</summary>
public enum ReasonCode : byte
{
    /// <summary>The operation succeeded; in SUBACK: granted QoS 0; in DISCONNECT: normal disconnection.</summary>
    Success = 0x00,

    /// <summary>Granted QoS 1.</summary>
    GrantedQoS1 = 0x01,

    /// <summary>Granted QoS 2.</summary>
    GrantedQoS2 = 0x02,

    /// <summary>Disconnect, but publish the Will.</summary>
    DisconnectWithWill = 0x04,

    /// <summary>Accepted, but nobody subscribes to it.</summary>
    NoMatchingSubscribers = 0x10,

    /// <summary>There was no such subscription.</summary>
    NoSubscriptionExisted = 0x11,

    /// <summary>Continue the authentication.</summary>
    ContinueAuthentication = 0x18,

    /// <summary>Start a re-authentication.</summary>
    ReAuthenticate = 0x19,

    /// <summary>The sender does not say why.</summary>
    UnspecifiedError = 0x80,

    /// <summary>The packet could not be parsed.</summary>
    MalformedPacket = 0x81,

    /// <summary>The packet came out of order or contradicts the standard.</summary>
    ProtocolError = 0x82,

    /// <summary>Valid but not accepted by this implementation.</summary>
    ImplementationSpecificError = 0x83,

    /// <summary>The protocol version is not supported.</summary>
    UnsupportedProtocolVersion = 0x84,

    /// <summary>The Client Identifier is not allowed.</summary>
    ClientIdentifierNotValid = 0x85,

    /// <summary>The user name or password is not accepted.</summary>
    BadUserNameOrPassword = 0x86,

    /// <summary>Not authorized.</summary>
    NotAuthorized = 0x87,

    /// <summary>The Server is not available.</summary>
    ServerUnavailable = 0x88,

    /// <summary>The Server is busy; try again later.</summary>
    ServerBusy = 0x89,

    /// <summary>This Client is banned.</summary>
    Banned = 0x8A,

    /// <summary>The Server is shutting down.</summary>
    ServerShuttingDown = 0x8B,

    /// <summary>The authentication method is not supported.</summary>
    BadAuthenticationMethod = 0x8C,

    /// <summary>No packet for 1.5 times the Keep Alive.</summary>
    KeepAliveTimeout = 0x8D,

    /// <summary>Another connection uses the same Client Identifier.</summary>
    SessionTakenOver = 0x8E,

    /// <summary>The Topic Filter is well formed but not accepted.</summary>
    TopicFilterInvalid = 0x8F,

    /// <summary>The Topic Name is well formed but not accepted.</summary>
    TopicNameInvalid = 0x90,

    /// <summary>The Packet Identifier is already in use.</summary>
    PacketIdentifierInUse = 0x91,

    /// <summary>The Packet Identifier is not known.</summary>
    PacketIdentifierNotFound = 0x92,

    /// <summary>More unacknowledged publications than Receive Maximum.</summary>
    ReceiveMaximumExceeded = 0x93,

    /// <summary>The Topic Alias is 0 or above the maximum, or unknown.</summary>
    TopicAliasInvalid = 0x94,

    /// <summary>The packet is larger than Maximum Packet Size.</summary>
    PacketTooLarge = 0x95,

    /// <summary>The received data rate is too high.</summary>
    MessageRateTooHigh = 0x96,

    /// <summary>An implementation or administrative limit is exceeded.</summary>
    QuotaExceeded = 0x97,

    /// <summary>Closed by an administrator.</summary>
    AdministrativeAction = 0x98,

    /// <summary>The payload does not match the Payload Format Indicator.</summary>
    PayloadFormatInvalid = 0x99,

    /// <summary>Retained messages are not supported.</summary>
    RetainNotSupported = 0x9A,

    /// <summary>The QoS is not supported.</summary>
    QoSNotSupported = 0x9B,

    /// <summary>Use another server for now.</summary>
    UseAnotherServer = 0x9C,

    /// <summary>Use another server from now on.</summary>
    ServerMoved = 0x9D,

    /// <summary>Shared subscriptions are not supported.</summary>
    SharedSubscriptionsNotSupported = 0x9E,

    /// <summary>Too many connections per time.</summary>
    ConnectionRateExceeded = 0x9F,

    /// <summary>The longest allowed connection time is over.</summary>
    MaximumConnectTime = 0xA0,

    /// <summary>Subscription Identifiers are not supported.</summary>
    SubscriptionIdentifiersNotSupported = 0xA1,

    /// <summary>Wildcard subscriptions are not supported.</summary>
    WildcardSubscriptionsNotSupported = 0xA2,
}
