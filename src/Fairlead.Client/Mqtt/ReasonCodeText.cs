using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt;

/// <summary>What failure Reason Codes mean to a person, and what can be done about each.</summary>
public static class ReasonCodeText
{
    /// <summary>What the code means, in words, with its number: <c>not authorized (0x87)</c>.</summary>
    /// <param name="code">The code.</param>
    public static string Meaning(ReasonCode code) => $"{Explain(code).Meaning} (0x{(byte)code:X2})";

    /// <summary>What to do about it, as a sentence without a full stop.</summary>
    /// <param name="code">The code.</param>
    public static string Cure(ReasonCode code) => Explain(code).Cure;

    private static (string Meaning, string Cure) Explain(ReasonCode code) => code switch
    {
        ReasonCode.MalformedPacket => ("the server could not parse a packet", "Check that both sides speak the same MQTT version"),
        ReasonCode.ProtocolError => ("the server saw a breach of the MQTT standard", "Check the options used; the server's log names the packet"),
        ReasonCode.ImplementationSpecificError => ("the server does not accept this request", "Look into the server's log for the rule it applies"),
        ReasonCode.UnsupportedProtocolVersion => ("the server does not speak this MQTT version", "Try another version: 5, 3.1.1 or 3.1"),
        ReasonCode.ClientIdentifierNotValid => ("the Client Identifier is not allowed", "Use another Client Identifier, or a non-empty one"),
        ReasonCode.BadUserNameOrPassword => ("user name or password is wrong", "Check user name and password; both are case-sensitive"),
        ReasonCode.NotAuthorized => ("not authorized", "Ask for the right, or connect with another user, certificate or Client Identifier"),
        ReasonCode.ServerUnavailable => ("the server is not available", "Try again later"),
        ReasonCode.ServerBusy => ("the server is busy", "Try again later"),
        ReasonCode.Banned => ("this client is banned", "Ask the administrator of the server"),
        ReasonCode.ServerShuttingDown => ("the server is shutting down", "Connect again when it is back"),
        ReasonCode.BadAuthenticationMethod => ("the authentication method is not supported", "Use user name and password or a client certificate"),
        ReasonCode.KeepAliveTimeout => ("the server heard nothing for 1.5 times the Keep Alive", "Check the network, or use a longer Keep Alive"),
        ReasonCode.SessionTakenOver => (
            "another connection took over this Client Identifier", "Give each client a Client Identifier of its own"),
        ReasonCode.TopicFilterInvalid => ("the Topic Filter is not accepted", "Check wildcards: '+' is a whole level, '#' the last one"),
        ReasonCode.TopicNameInvalid => ("the Topic Name is not accepted", "Use a topic without '+' and '#', and none reserved by the server"),
        ReasonCode.PacketIdentifierInUse => ("the Packet Identifier is already in use", "Connect with a clean start to reset the Session"),
        ReasonCode.PacketIdentifierNotFound => ("the Packet Identifier is not known", "The two sides disagree on the Session; connect with a clean start"),
        ReasonCode.ReceiveMaximumExceeded => ("more unacknowledged messages than Receive Maximum", "Acknowledge faster, or raise Receive Maximum"),
        ReasonCode.TopicAliasInvalid => ("the Topic Alias is not accepted", "Use an alias from 1 to the server's Topic Alias Maximum, or none"),
        ReasonCode.PacketTooLarge => ("the packet is larger than the other side accepts", "Send less at once, or raise the limit"),
        ReasonCode.MessageRateTooHigh => ("messages come too fast", "Send more slowly"),
        ReasonCode.QuotaExceeded => ("a limit of the server is exceeded", "Wait, or ask the administrator to raise the limit"),
        ReasonCode.AdministrativeAction => ("an administrator closed the connection", "Ask the administrator of the server"),
        ReasonCode.PayloadFormatInvalid => (
            "the payload is not what its Payload Format Indicator says", "Send UTF-8 text, or leave the indicator out"),
        ReasonCode.RetainNotSupported => ("the server does not keep retained messages", "Publish without the retain flag"),
        ReasonCode.QoSNotSupported => ("the server does not support this QoS", "Use a lower QoS"),
        ReasonCode.UseAnotherServer => ("the server asks to use another one for now", "Connect to the server it names"),
        ReasonCode.ServerMoved => ("the server has moved", "Connect to the server it names"),
        ReasonCode.SharedSubscriptionsNotSupported => ("shared subscriptions are not supported", "Subscribe without $share/GROUP/"),
        ReasonCode.ConnectionRateExceeded => ("too many connections at once", "Wait and connect more slowly"),
        ReasonCode.MaximumConnectTime => ("the longest allowed connection time is over", "Connect again"),
        ReasonCode.SubscriptionIdentifiersNotSupported => (
            "Subscription Identifiers are not supported", "Subscribe without a Subscription Identifier"),
        ReasonCode.WildcardSubscriptionsNotSupported => ("wildcard subscriptions are not supported", "Subscribe to each topic by name"),
        ReasonCode.UnspecifiedError => ("the server gives no reason", "Look into the server's log"),
        _ => ($"Reason Code {code}", "Look into the server's log"),
    };
}
