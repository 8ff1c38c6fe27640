using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>
/// Hears what becomes of single packets (the structured log). Refusals are always told; successes only while
/// <see cref="MqttBroker.TellsSuccesses"/> is set, so that they cost nothing otherwise. Called on the packet path, sometimes under a
/// Session's lock: must neither block nor call the broker.
/// </summary>
public interface ITrafficObserver
{
    /// <summary>A client's PUBLISH was accepted or refused.</summary>
    /// <param name="publisher">Who published.</param>
    /// <param name="topic">Topic Name.</param>
    /// <param name="retain">RETAIN flag.</param>
    /// <param name="code">Reason Code; a success below 0x80.</param>
    /// <param name="reason">One sentence when refused; empty otherwise.</param>
    void OnPublishReceived(AccessSubject publisher, ReadOnlySpan<byte> topic, bool retain, ReasonCode code, string reason);

    /// <summary>A PUBLISH was sent to a client, or not allowed to be.</summary>
    /// <param name="receiver">Who receives.</param>
    /// <param name="topic">Topic Name.</param>
    /// <param name="code">Reason Code; a success below 0x80.</param>
    /// <param name="reason">One sentence when refused; empty otherwise.</param>
    void OnPublishSent(AccessSubject receiver, ReadOnlySpan<byte> topic, ReasonCode code, string reason);

    /// <summary>A message waits in a Session's queue, or was dropped because it is full.</summary>
    /// <param name="clientId">Whose queue.</param>
    /// <param name="topic">Topic Name.</param>
    /// <param name="qos">QoS of the delivery.</param>
    /// <param name="kept">False when it was dropped.</param>
    void OnQueued(string clientId, ReadOnlySpan<byte> topic, QualityOfService qos, bool kept);

    /// <summary>A SUBSCRIBE was answered.</summary>
    /// <param name="subscriber">Who subscribes.</param>
    /// <param name="version">Version of the client.</param>
    /// <param name="topicFilters">Filters, in the order of the packet.</param>
    /// <param name="codes">Their Reason Codes.</param>
    /// <param name="reason">Why one of them was refused; null when none was.</param>
    void OnSubscribe(
        AccessSubject subscriber, ProtocolVersion version, IReadOnlyList<string> topicFilters, IReadOnlyList<ReasonCode> codes, string? reason);

    /// <summary>An UNSUBSCRIBE was answered.</summary>
    /// <param name="subscriber">Who unsubscribes.</param>
    /// <param name="topicFilters">Filters.</param>
    void OnUnsubscribe(AccessSubject subscriber, IReadOnlyList<string> topicFilters);

    /// <summary>A PINGREQ was answered, or came too late; told only while <see cref="MqttBroker.TellsPings"/> is set.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="askedAt">When it was read, milliseconds since the Unix epoch.</param>
    /// <param name="answeredAt">When the answer was handed to the transport; null when the connection was closed before.</param>
    void OnPing(AccessSubject client, long askedAt, long? answeredAt);

    /// <summary>A CONNECT did not prove who it is. Always told.</summary>
    /// <param name="clientId">Client Identifier as it was sent.</param>
    /// <param name="transport">Listener, addresses and client certificate.</param>
    /// <param name="failure">What the log says.</param>
    /// <param name="reason">One sentence.</param>
    void OnNotAuthenticated(string clientId, TransportInfo transport, AuthenticationFailure failure, string reason);
}
