using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Broker.Diagnostics;

/// <summary>What the broker logs. Event names are part of the product's interface (docs/logs.md); ids are unique and never reused.</summary>
internal sealed partial class BrokerLog(ILogger logger)
{
    /// <summary>A client has connected.</summary>
    [LoggerMessage(1001, LogLevel.Information,
        "{ClientId} connected: {Principal}, {Version}, from {Remote} on {Listener}, keep alive {KeepAlive} s, session present {SessionPresent}",
        EventName = "connect")]
    public partial void Connected(
        string clientId, string principal, ProtocolVersion version, string? remote, string listener, int keepAlive, bool sessionPresent);

    /// <summary>A connection was refused.</summary>
    [LoggerMessage(1002, LogLevel.Warning, "{ClientId} from {Remote} on {Listener} refused at stage {Stage}: {Code}, {Reason}",
        EventName = "connect_refused")]
    public partial void ConnectRefused(string stage, string clientId, string listener, string? remote, ReasonCode code, string reason);

    /// <summary>A connection is over.</summary>
    [LoggerMessage(1003, LogLevel.Information, "{ClientId} disconnected by {By}: {Code}, {Reason}", EventName = "disconnect")]
    public partial void Disconnected(string clientId, string by, ReasonCode code, string reason);

    /// <summary>A publication was refused.</summary>
    [LoggerMessage(1004, LogLevel.Warning, "{ClientId} ({Principal}) may not publish to {Topic}: {Code}, {Reason}",
        EventName = "publish_denied")]
    public partial void PublishRefused(string clientId, string principal, string topic, ReasonCode code, string reason);

    /// <summary>A subscription was refused.</summary>
    [LoggerMessage(1005, LogLevel.Warning, "{ClientId} ({Principal}) may not subscribe to {Filter}: {Code}, {Reason}",
        EventName = "subscribe_denied")]
    public partial void SubscribeRefused(string clientId, string principal, string filter, ReasonCode code, string reason);

    /// <summary>A message was not sent to a client that may not receive it.</summary>
    public void ReceiveRefused(Connection connection, ReadOnlySpan<byte> topic, in Decision decision)
    {
        if (logger.IsEnabled(LogLevel.Debug))
            ReceiveRefused(connection.ClientId, connection.Principal.ToString(), Encoding.UTF8.GetString(topic), TopicPolicy.Why(decision));
    }

    [LoggerMessage(1020, LogLevel.Debug, "{ClientId} ({Principal}) may not receive on {Topic}: {Reason}", EventName = "receive_denied")]
    private partial void ReceiveRefused(string clientId, string principal, string topic, string reason);

    /// <summary>A bug of ours surfaced while a packet was handled; the connection was closed.</summary>
    [LoggerMessage(1006, LogLevel.Error, "internal error on the connection of {ClientId}; the connection is closed",
        EventName = "packet_failed")]
    public partial void PacketFailed(Exception exception, string clientId);

    /// <summary>The store was read.</summary>
    [LoggerMessage(1007, LogLevel.Information, "restored {Sessions} sessions, {Retained} retained messages, {Queued} queued messages",
        EventName = "restored")]
    public partial void Restored(int sessions, int retained, int queued);

    /// <summary>A periodic task failed; it will run again.</summary>
    [LoggerMessage(1008, LogLevel.Error, "periodic task {Task} failed; it will run again", EventName = "sweep_failed")]
    public partial void SweepFailed(Exception exception, string task);
}
