using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <content>What the HTTP data plane asks of the broker: single clients, direct messages, retained messages.</content>
public sealed partial class MqttBroker
{
    private volatile bool _tellsSuccesses;
    private volatile bool _tellsPings;

    /// <summary>Whether the traffic observer hears of successes too; the packet path looks at this once for each.</summary>
    public bool TellsSuccesses
    {
        get => _tellsSuccesses;
        set => _tellsSuccesses = value;
    }

    /// <summary>Whether the traffic observer hears of pings, which it otherwise never does.</summary>
    public bool TellsPings
    {
        get => _tellsPings;
        set => _tellsPings = value;
    }

    /// <summary>Hears of refusals; null when nobody does.</summary>
    internal ITrafficObserver? Refusals { get; private set; }

    /// <summary>Hears of successes; null while nobody wants them.</summary>
    internal ITrafficObserver? Traffic => _tellsSuccesses ? Refusals : null;

    /// <summary>Hears of pings; null while nobody wants them.</summary>
    internal ITrafficObserver? Pings => _tellsPings ? Refusals : null;

    /// <summary>Sets who hears what becomes of packets. Before <see cref="Start"/>.</summary>
    public void SetTrafficObserver(ITrafficObserver observer) => Refusals = observer;

    /// <summary>Finds one client: connected, or a Session that outlives its connection.</summary>
    public bool TryGetState(string clientId, [NotNullWhen(true)] out ClientState? state)
    {
        state = null;
        if (Directory.Find(clientId) is not { } session) return false;
        if (session.Deliveries.Connection is { } connection)
        {
            state = new ClientState(
                clientId, true, session.ExpiryInterval, connection.KeepAliveAsked, connection.ConnectedAt, connection.Info, connection.Principal);
            return true;
        }

        if (!session.IsPersistent) return false;
        state = new ClientState(clientId, false, session.ExpiryInterval, 0, session.DisconnectedAt, null, null);
        return true;
    }

    /// <summary>Filters and granted QoS of one client, connected or stored; null when there is none.</summary>
    public IReadOnlyList<KeyValuePair<string, QualityOfService>>? ListSubscriptions(string clientId) =>
        Directory.Find(clientId) is { } session && (session.IsConnected || session.IsPersistent) ? session.ListSubscriptions() : null;

    /// <summary>
    /// Ends a client's connection, and with it its Session if asked to. Comes back when the connection has let go of the Session and its
    /// Will is published, delayed or discarded.
    /// </summary>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="endSession">Whether subscriptions and queued messages go too.</param>
    /// <param name="discardWill">Whether the Will is not published.</param>
    /// <param name="reason">One sentence for the log and for version 5 clients.</param>
    /// <returns>False when it is neither connected nor stored.</returns>
    public async Task<bool> EndClientAsync(string clientId, bool endSession, bool discardWill, string reason)
    {
        if (Directory.Find(clientId) is not { } session) return false;
        if (session.Deliveries.Connection is { } connection)
        {
            connection.Close(new DisconnectCause(ClosedBy.Server, ReasonCode.AdministrativeAction, reason)
            {
                DiscardsWill = discardWill,
                EndsSession = endSession,
            });
            await connection.Completed.ConfigureAwait(false);
            return true;
        }

        if (!session.IsPersistent) return false;
        lock (session)
        {
            // Somebody may be coming back with it just now; then there is nothing offline to end.
            if (session.Owner is null && discardWill) Wills.Discard(session);
        }

        if (endSession && Directory.TryRemoveUnowned(session))
        {
            var scratch = PublishScratch.Unused(this);
            EndSession(session, scratch);
            scratch.Batch.Flush();
        }

        return true;
    }

    /// <summary>
    /// Sends a message to one connected client, whether or not it subscribes: past subscriptions, taps, retained store and queue. Asks
    /// whether the client may receive it (spec/aws-messaging 3.7).
    /// </summary>
    /// <param name="clientId">The receiver.</param>
    /// <param name="publication">Topic Name, payload and properties.</param>
    /// <param name="confirmation">Who waits for the PUBACK; null sends at QoS 0.</param>
    public DirectOutcome SendDirect(string clientId, in Publication publication, DirectConfirmation? confirmation)
    {
        if (Directory.Find(clientId) is not { } session) return new DirectOutcome(DirectResult.UnknownClient);
        if (session.Deliveries.Connection is not { IsClosed: false } connection)
            return new DirectOutcome(session.IsPersistent ? DirectResult.NotConnected : DirectResult.UnknownClient);
        var scratch = PublishScratch.Unused(this);
        if (!MayReceiveDirect(connection, publication.Topic, scratch, out string? why)) return new DirectOutcome(DirectResult.ReceiveDenied, why);
        if (!connection.TakeTurn()) return new DirectOutcome(DirectResult.RateExceeded);
        scratch.Encoding.Begin();
        var result = session.Deliveries.SendDirect(connection, publication, confirmation, scratch);
        scratch.Reset();
        scratch.Batch.Flush();
        if (result == DirectResult.NotConnected && !session.IsPersistent) result = DirectResult.UnknownClient;
        return new DirectOutcome(result);
    }

    /// <summary>The retained message of a topic; null when there is none.</summary>
    public Message? FindRetained(string topic) => Retained.Find(topic);

    /// <summary>Retained messages behind a topic, in a stable order.</summary>
    /// <param name="after">Topic behind which to start; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<Message> ListRetained(string? after, int limit) => Retained.List(after, limit);

    /// <summary>Why a service may not publish to a topic on behalf of a client; null when it may. Does not ask who the client is.</summary>
    /// <param name="topic">Topic Name.</param>
    /// <param name="retain">Whether with RETAIN.</param>
    public string? FindTopicFault(string topic, bool retain)
    {
        if (!TopicName.IsValid(topic)) return "not a Topic Name: 1 to 65,535 bytes of UTF-8 without wildcards";
        byte[] bytes = Encoding.UTF8.GetBytes(topic);
        var fault = _topics.CheckName(_owners, new Publication { Topic = bytes, Retain = retain, Origin = PublishOrigin.Client });
        return fault.IsError ? fault.Reason : null;
    }

    private bool MayReceiveDirect(Connection connection, ReadOnlySpan<byte> topic, PublishScratch scratch, out string? why)
    {
        why = null;
        if (!connection.IsGoverned) return true;
        var decision = Authorizer.Authorize(new AccessRequest(connection.Subject, AccessAction.Receive, topic));
        if (decision.Allowed)
        {
            scratch.Counters.ReceiveAllowed++;
            return true;
        }

        Counters.CountDecision(AccessAction.Receive, false);
        why = TopicPolicy.Why(decision);
        return false;
    }
}
