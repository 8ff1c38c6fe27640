using Fairlead.Broker.Security;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <content>What administration and services ask of single clients.</content>
public sealed partial class MqttBroker
{
    /// <summary>Clients in order of Client Identifier, connected or stored.</summary>
    /// <param name="limit">At most so many, 1 to 10,000.</param>
    /// <param name="clientIdPrefix">Only those that start so; null for all.</param>
    /// <param name="after">Only those behind this Client Identifier, for paging; null for the first page.</param>
    /// <param name="next">The last of them when there are more behind it: <paramref name="after"/> of the next page. Null at the end.</param>
    public IReadOnlyList<ConnectionInfo> ListConnections(int limit, string? clientIdPrefix, string? after, out string? next)
    {
        limit = Math.Clamp(limit, 1, 10_000);
        var found = Directory.All
            .Where(s => clientIdPrefix is null || s.ClientId.StartsWith(clientIdPrefix, StringComparison.Ordinal))
            .Where(s => after is null || string.CompareOrdinal(s.ClientId, after) > 0)
            .OrderBy(s => s.ClientId, StringComparer.Ordinal)
            .Take(limit + 1)
            .ToList();
        next = found.Count > limit ? found[limit - 1].ClientId : null;
        return [.. found.Take(limit).Select(Describe)];
    }

    /// <summary>Finds one client, connected or stored.</summary>
    public bool TryGetClient(string clientId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConnectionInfo? info)
    {
        info = Directory.Find(clientId) is { } session ? Describe(session) : null;
        return info is not null;
    }

    /// <summary>Ends a client's connection; a version 5 client gets DISCONNECT with the code. False when it is not connected.</summary>
    public bool Disconnect(string clientId, ReasonCode code, string reason)
    {
        if (Directory.Find(clientId)?.Deliveries.Connection is not { } connection) return false;
        connection.Close(code, reason);
        return true;
    }

    /// <summary>Ends the connections of every client whose identity is meant, such as those of a certificate that was revoked.</summary>
    /// <param name="isMeant">Judges an identity; called once for each open connection.</param>
    /// <param name="code">Reason Code of the DISCONNECT.</param>
    /// <param name="reason">One sentence for the log and for version 5 clients.</param>
    /// <returns>How many connections were ended.</returns>
    public int DisconnectWhere(Predicate<AccessSubject> isMeant, ReasonCode code, string reason)
    {
        ArgumentNullException.ThrowIfNull(isMeant);
        int ended = 0;
        foreach (var connection in Connections)
        {
            if (connection.Session is null || connection.IsClosed || !isMeant(connection.Subject)) continue;
            connection.Close(new Extensions.DisconnectCause(Extensions.ClosedBy.Server, code, reason) { IsForbidden = code is ReasonCode.NotAuthorized or ReasonCode.Banned });
            ended++;
        }

        return ended;
    }

    private static ConnectionInfo Describe(Session session)
    {
        var connection = session.Deliveries.Connection;
        long since = connection?.ConnectedAt ?? session.DisconnectedAt;
        return new ConnectionInfo(
            session.ClientId, session.Principal ?? "", session.Version, connection is not null, connection?.Info.Listener ?? "",
            connection?.Info.RemoteEndPoint?.ToString(), DateTimeOffset.FromUnixTimeMilliseconds(since),
            (ushort)(connection?.KeepAlive ?? 0), session.ExpiryInterval, session.Subscriptions?.Count ?? 0,
            session.Deliveries.QueuedCount, session.Deliveries.InflightCount, connection?.MessagesIn ?? 0, connection?.MessagesOut ?? 0,
            connection?.Dropped ?? 0);
    }
}
