using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>Hears of connections and subscriptions after the fact (lifecycle events, connection table). Must not block.</summary>
public interface IConnectionObserver
{
    /// <summary>A client has connected.</summary>
    void OnConnected(in ConnectionEvent connection);

    /// <summary>A client that proved who it is was not let in.</summary>
    /// <param name="connection">The connection; its epoch is 0, for it never held a Session.</param>
    /// <param name="stage"><c>policy</c> or <c>limit</c>.</param>
    /// <param name="code">Reason Code of the CONNACK.</param>
    /// <param name="reason">One sentence.</param>
    void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason);

    /// <summary>A connected client is gone.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cause">Who ended it and why.</param>
    void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause);

    /// <summary>Subscriptions were granted.</summary>
    void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters);

    /// <summary>Subscriptions were removed by the client.</summary>
    void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters);
}

/// <summary>Whom an event concerns.</summary>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="Principal">Identity.</param>
/// <param name="Transport">Listener and addresses.</param>
/// <param name="ConnectionId">Number of this connection, unique in the process.</param>
/// <param name="Epoch">Epoch of the Session ownership.</param>
public readonly record struct ConnectionEvent(
    string ClientId, Security.Principal Principal, Connections.TransportInfo Transport, long ConnectionId, long Epoch)
{
    /// <summary>Version of the client.</summary>
    public ProtocolVersion Version { get; init; }

    /// <summary>Keep Alive that the client asked for, seconds.</summary>
    public ushort KeepAlive { get; init; }

    /// <summary>Session Expiry Interval in force, seconds; 0 when the Session ends with the connection.</summary>
    public uint SessionExpiry { get; init; }

    /// <summary>Whether the connection resumed a Session.</summary>
    public bool SessionPresent { get; init; }

    /// <summary>When CONNECT was accepted, milliseconds since the Unix epoch; 0 for a refused one.</summary>
    public long ConnectedAt { get; init; }
}

/// <summary>Who closed a connection, and why.</summary>
/// <param name="By">Which side.</param>
/// <param name="Code">Reason Code, as sent or as it would have been.</param>
/// <param name="Reason">One sentence.</param>
public readonly record struct DisconnectCause(ClosedBy By, ReasonCode Code, string Reason)
{
    /// <summary>Whether the Will is not published, as after a DISCONNECT of the client.</summary>
    public bool DiscardsWill { get; init; }

    /// <summary>Whether the client as a whole may no longer be connected, not just do what it tried.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>Whether the Session ends with the connection whatever its Session Expiry Interval says.</summary>
    public bool EndsSession { get; init; }
}

/// <summary>Which side ended a connection.</summary>
public enum ClosedBy : byte
{
    /// <summary>The client, by DISCONNECT or the transport's equivalent.</summary>
    Client,

    /// <summary>The broker.</summary>
    Server,

    /// <summary>The network: the transport ended without a DISCONNECT.</summary>
    Network,
}
