using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt;

/// <summary>The failures that more than one place reports, in words.</summary>
internal static class Failures
{
    public static MqttException PublishRefused(string topic, ReasonCode code, string? reason) =>
        Refused($"cannot publish to {topic}", code, reason);

    public static MqttException ConnectRefused(string server, ConnAckPacket connAck)
    {
        string? reason = WithReference(connAck.ReasonString, connAck.ServerReference);
        return Refused($"cannot connect to {server}", connAck.ReasonCode, reason);
    }

    public static MqttException SubscribeRefused(bool unsubscribe, IReadOnlyList<string> filters, SubAckPacket subAck)
    {
        int at = 0;
        while (subAck.ReasonCodes[at] < ReasonCode.UnspecifiedError)
            at++;
        string what = unsubscribe ? $"cannot unsubscribe from {filters[at]}" : $"cannot subscribe to {filters[at]}";
        return Refused(what, subAck.ReasonCodes[at], subAck.ReasonString, subAck.ReasonCodes);
    }

    public static MqttException DisconnectedByServer(string server, DisconnectPacket packet)
    {
        string? reason = WithReference(packet.ReasonString, packet.ServerReference);
        return packet.ReasonCode < ReasonCode.UnspecifiedError
            ? new MqttException(MqttFailure.Closed, $"{server} ended the connection", "it said goodbye without an error", "Connect again", packet.ReasonCode)
            { FromServer = true }
            : new MqttException(
                MqttFailure.Closed,
                $"{server} ended the connection",
                WithReason(packet.ReasonCode, reason),
                ReasonCodeText.Cure(packet.ReasonCode),
                packet.ReasonCode)
            { FromServer = true };
    }

    public static MqttException NotConnected(string what, MqttException? lastError) => new(
        MqttFailure.NotConnected,
        what,
        lastError is null ? "there is no connection" : $"the connection is gone: {lastError.Why}",
        "Connect first, or wait until the client has reconnected");

    public static MqttException Disposed(string what) => new(
        MqttFailure.NotConnected,
        what,
        "the client was disconnected by its owner",
        "Make a new client");

    public static MqttException Broken(string server, string why, Exception? cause = null) => new(
        MqttFailure.Closed,
        $"lost the connection to {server}",
        why,
        "Check the network and the server's log",
        ReasonCode.UnspecifiedError,
        cause);

    public static MqttException Protocol(string server, DecodeError error) => new(
        MqttFailure.Protocol,
        $"closed the connection to {server}",
        $"it sent bytes that are not MQTT: {error.Reason.TrimEnd('.')}",
        "Check that the port is an MQTT port and that the server is sound",
        error.Code);

    /// <summary>The first answer of a server is not MQTT; two other protocols are known by their first bytes.</summary>
    public static MqttException NotMqtt(string server, byte[] start, DecodeError error)
    {
        bool http = start.AsSpan().StartsWith("HTTP/"u8);
        bool tls = start is [0x15, 0x03, ..];
        if (!http && !tls)
            return Protocol(server, error);
        return new MqttException(
            MqttFailure.Protocol,
            $"cannot connect to {server}",
            http ? "it answered in HTTP" : "it answered in TLS",
            http ? "Connect to the MQTT port, or use ws:// for MQTT over WebSocket" : "Use mqtts:// and the CA certificate",
            error.Code);
    }

    public static MqttException Invalid(string what, string why, string cure, ReasonCode code = ReasonCode.UnspecifiedError) =>
        new(MqttFailure.Invalid, what, why, cure, code);

    /// <summary>Not sent, because of what the Server announced in CONNACK.</summary>
    public static MqttException NotSupported(string what, ReasonCode code, string? reason) =>
        new(MqttFailure.Refused, what, WithReason(code, reason), ReasonCodeText.Cure(code), code);

    private static MqttException Refused(string what, ReasonCode code, string? reason, IReadOnlyList<ReasonCode>? codes = null) =>
        new(MqttFailure.Refused, what, WithReason(code, reason), ReasonCodeText.Cure(code), code)
        {
            ReasonCodes = codes ?? [],
            FromServer = true,
        };

    private static string? WithReference(string? reason, string? otherServer)
    {
        if (string.IsNullOrEmpty(otherServer))
            return reason;
        return string.IsNullOrEmpty(reason) ? $"use {otherServer}" : $"{reason.TrimEnd('.')}; use {otherServer}";
    }

    private static string WithReason(ReasonCode code, string? reason) =>
        string.IsNullOrEmpty(reason) ? ReasonCodeText.Meaning(code) : $"{ReasonCodeText.Meaning(code)}: {reason.TrimEnd('.')}";
}
