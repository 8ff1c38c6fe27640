using System.Collections.Concurrent;
using Fairlead.Broker;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Fleet;
using Fairlead.Features.Registry;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Connections;

/// <summary>
/// How things are connected, read from what is remembered of clients: that of the thing's own name or, for a thing with a certificate
/// of its own, whichever client came with it (spec/aws-registry-and-policies, section 16.2).
/// </summary>
internal sealed class ThingConnectivity(HubRecords records, PresenceTable presence, ThingAssociation association)
    : IFeature, IConnectivityReader, IConnectionObserver
{
    // Things that stand behind a client of another name. At most one entry a thing.
    private readonly ConcurrentDictionary<string, string> _clients = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ThingConnection? Find(string thingName)
    {
        var clientId = _clients.GetValueOrDefault(thingName, thingName);
        if (presence.Find(clientId) is not { } last || association.Find(last.CertificateId, clientId, out _)?.Name != thingName) return null;
        return new ThingConnection(clientId, last.IsConnected, last.IsConnected ? last.ConnectedAt : last.DisconnectedAt)
        {
            DisconnectReason = last.Reason,
            KeepAlive = last.KeepAlive,
            SessionExpiry = last.SessionExpiry,
        };
    }

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddConnectionObserver(this);

    /// <inheritdoc/>
    public void Start()
    {
        foreach (var last in presence.All.OrderBy(static one => one.ConnectedAt)) Take(last.CertificateId, last.ClientId);
        records.Things.Changed += (name, _, after) =>
        {
            if (after is null) _clients.TryRemove(name, out var _);
        };
    }

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection) => Take(connection.Transport.CertificateId, connection.ClientId);

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
    }

    private void Take(string? certificateId, string clientId)
    {
        if (association.Find(certificateId, clientId, out _) is not { } thing) return;
        if (thing.Name == clientId) _clients.TryRemove(clientId, out _);
        else _clients[thing.Name] = clientId;
    }
}
