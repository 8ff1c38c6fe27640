using System.Net;
using System.Text;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features.Console.Live;
using Fairlead.Features.Lifecycle;
using Fairlead.Features.Logging;
using Fairlead.Features.Registry;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Logs;

/// <summary>Turns what happens on MQTT connections into structured events (spec/aws-messaging, section 5.2).</summary>
internal sealed class TrafficLog(EventLog log, AuthenticationLog authentication, ThingAssociation association, RefusedLog refused) : IFeature, ITrafficObserver, IConnectionObserver
{
    private const string Denied = "AUTHORIZATION_FAILURE";

    /// <inheritdoc/>
    public void Attach(MqttBroker broker)
    {
        broker.SetTrafficObserver(this);
        broker.AddConnectionObserver(this);
        log.Changed += () =>
        {
            broker.TellsSuccesses = log.IsOn(EventLogLevel.Info);
            broker.TellsPings = log.IsAskedFor("Ping");
        };
    }

    /// <inheritdoc/>
    public void OnPublishReceived(AccessSubject publisher, ReadOnlySpan<byte> topic, bool retain, ReasonCode code, string reason)
    {
        var name = Encoding.UTF8.GetString(topic);
        if (code >= ReasonCode.UnspecifiedError)
            Refuse("publish", publisher, reason.Contains("iot:RetainPublish", StringComparison.Ordinal) ? "iot:RetainPublish" : "iot:Publish", $"topic/{name}", reason);
        Tell(Entry("Publish-In", publisher) with { TopicName = name, Retain = retain ? "True" : null }, code, reason, publisher);
    }

    /// <inheritdoc/>
    public void OnPublishSent(AccessSubject receiver, ReadOnlySpan<byte> topic, ReasonCode code, string reason)
    {
        var name = Encoding.UTF8.GetString(topic);
        if (code >= ReasonCode.UnspecifiedError) Refuse("receive", receiver, "iot:Receive", $"topic/{name}", reason);
        Tell(Entry("Publish-Out", receiver) with { TopicName = name }, code, reason, receiver);
    }

    /// <inheritdoc/>
    public void OnQueued(string clientId, ReadOnlySpan<byte> topic, QualityOfService qos, bool kept)
    {
        var entry = new LogEntry("Queued")
        {
            Protocol = "MQTT",
            ClientId = clientId,
            TopicName = Encoding.UTF8.GetString(topic),
            Qos = ((int)qos).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        if (kept) log.Succeeded(entry);
        else log.Failed(entry, "THROTTLED", "the message was dropped while queueing: the client's queue is full");
    }

    /// <inheritdoc/>
    public void OnSubscribe(
        AccessSubject subscriber, ProtocolVersion version, IReadOnlyList<string> topicFilters, IReadOnlyList<ReasonCode> codes, string? reason)
    {
        var entry = Entry("Subscribe", subscriber) with
        {
            TopicName = string.Join(',', topicFilters),
            Subscriptions = version == ProtocolVersion.V5 ? [.. topicFilters.Select((filter, i) => new LoggedSubscription(filter, (int)codes[i]))] : null,
        };
        var worst = codes.Max();
        for (var i = 0; i < codes.Count; i++)
            if (codes[i] >= ReasonCode.UnspecifiedError) Refuse("subscribe", subscriber, "iot:Subscribe", $"topicfilter/{topicFilters[i]}", reason ?? codes[i].ToString());
        Tell(entry, worst, reason ?? "", subscriber);
    }

    /// <inheritdoc/>
    public void OnUnsubscribe(AccessSubject subscriber, IReadOnlyList<string> topicFilters) =>
        Tell(Entry("Unsubscribe", subscriber), ReasonCode.Success, "", subscriber);

    /// <inheritdoc/>
    public void OnPing(AccessSubject client, long askedAt, long? answeredAt)
    {
        var entry = Entry("Ping", client) with { RequestTimestamp = Show(askedAt) };
        var thing = ThingOf(client.Transport, client.ClientId);
        if (answeredAt is not { } at)
        {
            log.Failed(entry, "CONNECTION_ALREADY_CLOSED", "the connection was closed before the ping could be answered", thing);
            return;
        }

        log.Write(entry with { LogLevel = "DEBUG", ResponseTimestamp = Show(at), Latency = at - askedAt }, EventLogLevel.Debug, thing);
    }

    /// <inheritdoc/>
    public void OnNotAuthenticated(string clientId, TransportInfo transport, AuthenticationFailure failure, string reason) =>
        authentication.Refused(failure, reason, AuthenticationAttempt.From(clientId, transport));

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        if (!log.IsOn(EventLogLevel.Info)) return;
        var thing = ThingOf(connection.Transport, connection.ClientId);
        log.Succeeded(
            Entry("Connect", connection) with
            {
                ThingName = thing,
                KeepAliveDuration = connection.KeepAlive,
                SessionExpiry = connection.SessionExpiry,
                CleanSession = connection.SessionExpiry == 0,
            },
            thing);
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        refused.Add(new Refusal(
            stage, connection.ClientId, connection.Principal.ToString(), connection.Transport.CertificateId, AddressOf(connection.Transport), "iot:Connect",
            $"client/{connection.ClientId}", reason));
        log.Failed(Entry("Connect", connection), stage == "policy" ? Denied : "CLIENT_ERROR", reason, ThingOf(connection.Transport, connection.ClientId));
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
        if (!log.IsOn(EventLogLevel.Info)) return;
        var reason = DisconnectReasons.Of(connection, cause);
        var entry = Entry("Disconnect", connection) with { DisconnectReason = reason };
        // What the client did itself needs no explanation.
        if (!DisconnectReasons.IsClientInitiated(reason))
            entry = entry with { Reason = cause.Code == ReasonCode.SessionTakenOver ? "DUPLICATE_CLIENT_ID" : reason, Details = cause.Reason };
        log.Succeeded(entry, ThingOf(connection.Transport, connection.ClientId));
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // Told with its Reason Codes by the packet.
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        // The same.
    }

    private static string Show(long milliseconds) => EventLog.Show(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

    private static LogEntry Entry(string eventType, AccessSubject subject) => Entry(eventType, subject.ClientId, subject.Principal, subject.Transport);

    private static LogEntry Entry(string eventType, in ConnectionEvent connection) =>
        Entry(eventType, connection.ClientId, connection.Principal, connection.Transport);

    private static LogEntry Entry(string eventType, string clientId, Principal principal, TransportInfo transport)
    {
        var remote = transport.RemoteEndPoint as IPEndPoint;
        return new LogEntry(eventType)
        {
            Protocol = "MQTT",
            ClientId = clientId,
            PrincipalId = principal.Id,
            SourceIp = remote is null ? null : (remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address).ToString(),
            SourcePort = remote?.Port,
        };
    }

    // Without the port, which is another one at each try.
    private static string? AddressOf(TransportInfo transport) => (transport.RemoteEndPoint as IPEndPoint)?.Address is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private void Refuse(string stage, AccessSubject subject, string action, string resource, string reason) => refused.Add(new Refusal(
        stage, subject.ClientId, subject.Principal.ToString(), subject.Transport.CertificateId, AddressOf(subject.Transport), action, resource, reason));

    private void Tell(LogEntry entry, ReasonCode code, string reason, AccessSubject subject)
    {
        var thing = ThingOf(subject.Transport, subject.ClientId);
        if (code < ReasonCode.UnspecifiedError) log.Succeeded(entry, thing);
        else log.Failed(entry, code == ReasonCode.NotAuthorized ? Denied : "CLIENT_ERROR", reason, thing);
    }

    private string? ThingOf(TransportInfo transport, string clientId) => association.Find(transport.CertificateId, clientId, out _)?.Name;
}
