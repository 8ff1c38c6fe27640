using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// What belongs to a Client Identifier and may outlive its connections: subscriptions, deliveries, QoS 2 identifiers received, Will
/// (MQTT 5, section 4.1). Who changes it: subscriptions and inbound identifiers, the connection that owns the Session; deliveries, any
/// thread, under the lock inside <see cref="Deliveries"/>.
/// </summary>
internal sealed class Session
{
    private readonly MqttBroker _broker;

    /// <summary>
    /// QoS 2 identifiers: the read loop's, but the store's writer takes one back that it could not keep. And subscriptions: the owner's,
    /// but services list them.
    /// </summary>
    private readonly Lock _inboundLock = new();
    private HashSet<ushort>? _inbound;

    public Session(MqttBroker broker, long id, string clientId, ProtocolVersion version, uint expiryInterval)
    {
        _broker = broker;
        Id = id;
        ClientId = clientId;
        Version = version;
        ExpiryInterval = expiryInterval;
        Deliveries = new Deliveries(this, broker);
    }

    /// <summary>Number unique in the broker.</summary>
    public long Id { get; }

    /// <summary>Client Identifier.</summary>
    public string ClientId { get; }

    /// <summary>Version of the client that made or last resumed it.</summary>
    public ProtocolVersion Version { get; set; }

    /// <summary>Session Expiry Interval in seconds; 0 ends it with its connection, 0xFFFFFFFF never.</summary>
    public uint ExpiryInterval { get; set; }

    /// <summary>Whether it outlives its connection.</summary>
    public bool IsPersistent => ExpiryInterval > 0;

    /// <summary>Grows with each connection that takes it (design promise 7).</summary>
    public long Epoch { get; set; }

    /// <summary>Identity that owns it; null for anonymous.</summary>
    public string? Principal { get; set; }

    /// <summary>The identity itself, of the connection that held the Session last; null after a restart.</summary>
    public Security.Principal? Identity { get; set; }

    /// <summary>When the connection ended, milliseconds since the Unix epoch; 0 while connected.</summary>
    public long DisconnectedAt { get; set; }

    /// <summary>The connection that owns it, from the claim at CONNECT to the end of its clean-up; guarded by the directory.</summary>
    public Connection? Owner { get; set; }

    /// <summary>Outgoing side.</summary>
    public Deliveries Deliveries { get; }

    /// <summary>Subscriptions by full filter; null for none. Changed by the owner alone.</summary>
    public Dictionary<string, Subscription>? Subscriptions { get; private set; }

    /// <summary>QoS 2 identifiers received and not released.</summary>
    public int InboundCount => _inbound?.Count ?? 0;

    /// <summary>Will of the present connection, or the one whose delay is running; null for none.</summary>
    public WillRecord? Will { get; set; }

    /// <summary>Whether a connection holds it.</summary>
    public bool IsConnected => Deliveries.Connection is not null;

    /// <summary>Whether a delivery could be sent at once.</summary>
    public bool HasRoom => Deliveries.HasRoom;

    /// <summary>A slow client has taken what waited in its output: more may follow from the queue.</summary>
    public void OnDrained()
    {
        var scratch = PublishScratch.Of(_broker);
        Deliveries.Pump(scratch);
        scratch.Batch.Flush();
    }

    /// <summary>What the store keeps.</summary>
    public SessionRecord ToRecord() => new(Id, ClientId, Version, ExpiryInterval, DisconnectedAt, Epoch, Principal);

    /// <summary>Writes the Session to the store when it is to be kept.</summary>
    public void Save()
    {
        if (!IsPersistent || !_broker.Store.IsDurable) return;
        _broker.Store.Append(new StoreChange { Kind = StoreChangeKind.SessionSaved, SessionId = Id, Subject = ToRecord() });
    }

    /// <summary>Adds or replaces a subscription [MQTT-3.8.4-3]. Tells whether it is new.</summary>
    public bool Subscribe(SubscriptionRecord record)
    {
        Subscription? old;
        var subscription = new Subscription(this, record);
        lock (_inboundLock)
        {
            Subscriptions ??= new Dictionary<string, Subscription>(StringComparer.Ordinal);
            Subscriptions.TryGetValue(record.Filter, out old);
            Subscriptions[record.Filter] = subscription;
        }

        _broker.Routes.Add(subscription, old);
        if (old is null) _broker.Counters.AddSubscriptions(1);
        return old is null;
    }

    /// <summary>Removes a subscription. False when there was none.</summary>
    public bool Unsubscribe(string filter)
    {
        Subscription? subscription;
        lock (_inboundLock)
        {
            if (Subscriptions is null || !Subscriptions.Remove(filter, out subscription)) return false;
        }

        _broker.Routes.Remove(subscription);
        _broker.Counters.AddSubscriptions(-1);
        return true;
    }

    /// <summary>Filter and QoS of every subscription; a copy, from any thread.</summary>
    public List<KeyValuePair<string, QualityOfService>> ListSubscriptions()
    {
        lock (_inboundLock)
            return [.. (Subscriptions ?? []).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.QoS))];
    }

    /// <summary>Notes a QoS 2 identifier. False when it is known: a repeated PUBLISH, not to be delivered again [MQTT-4.3.3-10].</summary>
    public bool TryReceive(ushort packetId)
    {
        lock (_inboundLock) return (_inbound ??= []).Add(packetId);
    }

    /// <summary>Whether a QoS 2 identifier was received and not released.</summary>
    public bool HasReceived(ushort packetId)
    {
        lock (_inboundLock) return _inbound?.Contains(packetId) ?? false;
    }

    /// <summary>Forgets a QoS 2 identifier at PUBREL. False when it was not known.</summary>
    public bool Release(ushort packetId)
    {
        lock (_inboundLock) return _inbound?.Remove(packetId) ?? false;
    }

    /// <summary>Puts back what the store kept.</summary>
    public void Restore(StoredSession stored)
    {
        Epoch = stored.Record.Epoch;
        Principal = stored.Record.Principal;
        DisconnectedAt = stored.Record.DisconnectedAt;
        foreach (var record in stored.Subscriptions) Subscribe(record);
        foreach (ushort id in stored.InboundPacketIds) TryReceive(id);
        Deliveries.Restore(stored.Queue);
        Will = stored.Will;
    }

    /// <summary>The Session is over: nothing of it is kept.</summary>
    public void End()
    {
        foreach (var subscription in Subscriptions?.Values ?? Enumerable.Empty<Subscription>()) _broker.Routes.Remove(subscription);
        _broker.Counters.AddSubscriptions(-(Subscriptions?.Count ?? 0));
        Subscriptions = null;
        Deliveries.End();
        if (_broker.Store.IsDurable && IsPersistent)
            _broker.Store.Append(new StoreChange { Kind = StoreChangeKind.SessionRemoved, SessionId = Id });
    }
}
