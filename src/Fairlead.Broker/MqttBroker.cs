using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Retained;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Broker.Sessions;
using Fairlead.Broker.Wills;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Broker;

/// <summary>
/// The MQTT broker: it is given transports and a store, and knows no host, port, file or command line. How a PUBLISH goes through it:
/// docs/architecture.md.
/// </summary>
public sealed partial class MqttBroker : IAsyncDisposable
{
    private readonly ConcurrentDictionary<long, Connection> _connections = new();
    private readonly ConcurrentDictionary<Session, byte> _away = new();
    private readonly TimeProvider _time;
    private readonly long _startTimestamp;
    private readonly List<ITopicOwner> _owners = [];
    private readonly TopicPolicy _topics;
    private IConnectionObserver[] _observers = [];
    private Housekeeping? _housekeeping;
    private long _lastId;
    private int _stopping;

    /// <summary>Makes a broker; <see cref="Start"/> makes it ready.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="store">Keeps what is acknowledged; disposed with the broker.</param>
    /// <param name="authenticator">Decides who a client is.</param>
    /// <param name="authorizer">Decides what it may do.</param>
    /// <param name="time">Clock of everything in the broker.</param>
    /// <param name="logger">Log.</param>
    public MqttBroker(
        BrokerOptions options, IBrokerStore store, IAuthenticator authenticator, IAuthorizer authorizer, TimeProvider time,
        ILogger<MqttBroker> logger)
    {
        Options = options;
        Store = store;
        Backlog = new StoreBacklog(store, options.MaximumPendingChanges);
        Authenticator = authenticator;
        Authorizer = authorizer;
        Log = new BrokerLog(logger);
        _time = time;
        _startTimestamp = time.GetTimestamp();
        Routes = new TopicTree(options.HashMatchesParent);
        Retained = new RetainedStore(this);
        Wills = new WillBoard(this);
        Router = new PublishRouter(this);
        _topics = new TopicPolicy(this);
        Kept = new KeptPublications(this);
    }

    /// <summary>Settings.</summary>
    public BrokerOptions Options { get; }

    /// <summary>Everything that is counted.</summary>
    public BrokerCounters Counters { get; } = new();

    /// <summary>Publications that a service of this process has yet to work off, also after a crash.</summary>
    public KeptPublications Kept { get; }

    internal IBrokerStore Store { get; }

    internal StoreBacklog Backlog { get; }

    internal IAuthenticator Authenticator { get; }

    internal IAuthorizer Authorizer { get; }

    internal BrokerLog Log { get; }

    internal IRouteTable Routes { get; }

    internal RetainedStore Retained { get; }

    internal WillBoard Wills { get; }

    internal PublishRouter Router { get; }

    internal BufferPool Buffers { get; } = new();

    internal ISessionDirectory Directory { get; } = new LocalSessionDirectory();

    internal IPublishTap[] Taps { get; private set; } = [];

    internal IEnumerable<Connection> Connections => _connections.Select(static pair => pair.Value);

    internal IEnumerable<Session> Away => _away.Select(static pair => pair.Key);

    internal bool IsStopping => Volatile.Read(ref _stopping) != 0;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    internal long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A point in time that never jumps.</summary>
    internal long Timestamp => _time.GetTimestamp();

    /// <summary>Milliseconds since the broker was made; never jumps.</summary>
    internal long Uptime => UptimeAt(Timestamp);

    /// <summary>Loads the store and starts the periodic tasks.</summary>
    /// <returns>What features keep in the store.</returns>
    /// <exception cref="StoreException">The store cannot be opened or read.</exception>
    public IReadOnlyList<Document> Start()
    {
        var state = Store.Load();
        _lastId = state.LastId;
        int queued = 0;
        foreach (var stored in state.Sessions)
        {
            var record = stored.Record;
            if (record.ClientId.Length == 0)
            {
                Kept.Restore(stored);
                continue;
            }

            var session = new Session(this, record.Id, record.ClientId, record.Version, record.ExpiryInterval);
            session.Restore(stored);
            queued += stored.Queue.Count;
            Counters.AddSessions(1);
            Directory.Restore(session);
            // Whoever was connected when the broker stopped has been away since now; its Will is due (MQTT 5, section 3.1.2.5).
            if (session.DisconnectedAt == 0) session.DisconnectedAt = Now;
            if (session.Will is { DueAt: 0 } will) session.Will = will with { DueAt = Now + (will.DelayInterval * 1000L) };
            _away[session] = 0;
        }

        foreach (var message in state.Retained) Retained.Restore(message);
        Log.Restored(Directory.Count, state.Retained.Count, queued);
        Store.GroupEnded = () =>
        {
            PublishScratch.Of(this).Batch.Flush();
            Backlog.OnGroupEnded();
        };
        _housekeeping = new Housekeeping(this, _time);
        return state.Documents;
    }

    /// <summary>Serves one connection until it is over. Never throws.</summary>
    /// <param name="transport">Bytes from and to the client.</param>
    /// <param name="info">What the listener knows about it.</param>
    /// <param name="aborted">Cancelled when the transport is gone.</param>
    public Task RunConnectionAsync(IDuplexPipe transport, TransportInfo info, CancellationToken aborted)
    {
        var connection = new Connection(this, transport, info, NextId());
        _connections[connection.Id] = connection;
        return connection.RunAsync(aborted);
    }

    /// <summary>Publishes from inside the process, past authorization. Durable when the result is there only for the caller of
    /// <see cref="FlushAsync"/>.</summary>
    public PublishResult Publish(PublishRequest request) => Publish(request, null);

    /// <summary>As <see cref="Publish(PublishRequest)"/>; tells when what has to be kept of it is kept.</summary>
    /// <param name="request">The publication.</param>
    /// <param name="receipt">Held by everything that has to be kept; null when nobody waits.</param>
    public PublishResult Publish(PublishRequest request, CommitReceipt? receipt)
    {
        byte[] topic = Encoding.UTF8.GetBytes(request.Topic);
        if (!TopicName.IsValid(topic)) return new PublishResult(ReasonCode.TopicNameInvalid, "not a valid Topic Name", 0);
        var publication = ToPublication(request, topic);
        var scratch = PublishScratch.Unused(this);
        scratch.Receipt = receipt;
        var result = Router.Accept(publication, null, scratch);
        if (scratch.StoreRefused) result = new PublishResult(ReasonCode.QuotaExceeded, "the store cannot write now", result.Subscribers);
        scratch.Reset();
        scratch.Batch.Flush();
        return result;
    }

    /// <summary>Waits until everything accepted before the call is durable.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Store.FlushAsync(cancellationToken);

    /// <summary>Subscribes inside the process; disposing ends it. The handler runs on the packet path and must not block.</summary>
    /// <exception cref="ArgumentException">The Topic Filter is not valid, or shared.</exception>
    public IDisposable Subscribe(string topicFilter, MessageHandler handler)
    {
        if (!TopicFilter.IsValid(topicFilter) || TopicFilter.IsShared(topicFilter))
            throw new ArgumentException($"'{topicFilter}' is not a Topic Filter for use inside the process", nameof(topicFilter));
        var subscription = new Subscription(handler, topicFilter);
        Routes.Add(subscription, null);
        return new Unsubscriber(this, subscription);
    }

    /// <summary>Gives a reserved prefix to a service. Before <see cref="Start"/>.</summary>
    public void AddTopicOwner(ITopicOwner owner)
    {
        _owners.Add(owner);
        _topics.OnOwner(owner);
    }

    /// <summary>Adds a tap. Before <see cref="Start"/>.</summary>
    public void AddPublishTap(IPublishTap tap) => Taps = [.. Taps, tap];

    /// <summary>Adds an observer of connections. Before <see cref="Start"/>.</summary>
    public void AddConnectionObserver(IConnectionObserver observer) => _observers = [.. _observers, observer];

    /// <summary>Says DISCONNECT 0x8B to everybody, lets them leave within <see cref="BrokerOptions.DrainTimeout"/>, makes all durable.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        var open = Connections.ToList();
        foreach (var connection in open) connection.Close(ReasonCode.ServerShuttingDown, "the broker is shutting down");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _time.CreateTimer(_ => deadline.Cancel(), null, Options.DrainTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await Task.WhenAll(open.ConvertAll(c => c.Completed)).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in Connections) connection.Info.Abort("the broker is shutting down");
        }

        // A broker that never started has opened no store.
        if (_housekeeping is null) return;
        _housekeeping.Dispose();
        await Store.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        _housekeeping?.Dispose();
        await Store.DisposeAsync().ConfigureAwait(false);
    }

    internal long UptimeAt(long timestamp) => (long)_time.GetElapsedTime(_startTimestamp, timestamp).TotalMilliseconds;

    internal TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    internal long NextId() => Interlocked.Increment(ref _lastId);

    internal string NewClientId() => (Options.Profile == BrokerProfile.Aws ? "$GEN/" : "auto-") + Guid.NewGuid().ToString();

    internal ITopicOwner? FindOwner(ReadOnlySpan<byte> topic) => _topics.FindOwner(_owners, topic);

    internal QualityOfService MaximumQoSOf(string clientId, string filter)
    {
        var owned = FindOwner(Encoding.UTF8.GetBytes(filter))?.MaximumQoS(clientId) ?? QualityOfService.ExactlyOnce;
        return owned < Options.MaximumQoS ? owned : Options.MaximumQoS;
    }

    internal DecodeError CheckTopicShape(ReadOnlySpan<byte> topic, ReasonCode code) => _topics.CheckShape(topic, code);

    internal DecodeError CheckReservedFilter(string clientId, string filter) => _topics.CheckFilter(_owners, clientId, filter);

    internal DecodeError CheckPublish(in Publication publication, AccessSubject subject, CounterShard counters) =>
        _topics.CheckPublish(_owners, publication, subject, counters);

    internal DecodeError Authorize(AccessSubject subject, AccessAction action, ReadOnlySpan<byte> resource) =>
        _topics.Authorize(subject, action, resource);

    internal void OnConnecting(Connection connection, ConnectPacket connect)
    {
        _away.TryRemove(connection.Session!, out _);
        connection.Session!.Identity = connection.Principal;
        Wills.OnConnect(connection.Session!, connect.Will);
    }

    internal void OnConnected(Connection connection, bool sessionPresent)
    {
        Counters.CountConnected();
        Log.Connected(
            connection.ClientId, connection.Principal.ToString(), connection.Version, connection.Info.RemoteEndPoint?.ToString(),
            connection.Info.Listener, connection.KeepAlive, sessionPresent);
        foreach (var observer in _observers) observer.OnConnected(connection.ToEvent());
    }

    internal void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        foreach (var observer in _observers) observer.OnConnectRefused(connection, stage, code, reason);
    }

    internal void OnConnectionEnded(Connection connection, DisconnectCause cause)
    {
        if (connection.Session is not { } session) return;
        var scratch = PublishScratch.Of(this);
        var orphans = session.Deliveries.Detach();
        session.DisconnectedAt = Now;
        if (cause.DiscardsWill) Wills.Discard(session);
        if (cause.EndsSession) session.ExpiryInterval = 0;
        bool ends = !session.IsPersistent;
        // A DISCONNECT without 0x04 has discarded the Will already.
        Wills.OnDisconnected(session, ends, scratch);
        Router.HandOver(session, orphans, scratch);
        if (ends)
        {
            session.End();
            Counters.AddSessions(-1);
            if (connection.ConnectExpiry > 0 && Store.IsDurable)
                Store.Append(new StoreChange { Kind = StoreChangeKind.SessionRemoved, SessionId = session.Id });
        }
        else
        {
            session.Save();
            _away[session] = 0;
        }

        scratch.Batch.Flush();
        Counters.CountDisconnected(cause.By, cause.Code);
        Log.Disconnected(connection.ClientId, cause.By.ToString(), cause.Code, cause.Reason);
        foreach (var observer in _observers) observer.OnDisconnected(connection.ToEvent(), cause);
        Directory.Release(session, connection, ends);
    }

    /// <summary>Ends a Session that nobody holds any more: expired, or discarded by a clean start.</summary>
    internal void EndSession(Session session, PublishScratch scratch)
    {
        _away.TryRemove(session, out _);
        // [MQTT-3.1.3-9]: the end of the Session ends the delay of its Will too.
        Wills.PublishNow(session, scratch);
        session.End();
        Counters.AddSessions(-1);
    }

    internal void Forget(Connection connection) => _connections.TryRemove(connection.Id, out _);

    internal void NotifySubscribed(Connection connection, IReadOnlyList<string> filters)
    {
        foreach (var observer in _observers) observer.OnSubscribed(connection.ToEvent(), filters);
    }

    internal void NotifyUnsubscribed(Connection connection, IReadOnlyList<string> filters)
    {
        foreach (var observer in _observers) observer.OnUnsubscribed(connection.ToEvent(), filters);
    }

    /// <summary>Waits a moment for an output to empty; a client that does not read is not waited for longer.</summary>
    internal async Task WaitForIdleAsync(ConnectionOutput output)
    {
        for (int i = 0; i < 20 && !output.IsIdle; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _time).ConfigureAwait(false);
    }

    private static Publication ToPublication(PublishRequest request, byte[] topic) => new()
    {
        Topic = topic,
        Payload = request.Payload.Span,
        Properties = PublishPropertiesWriter.WriteForwardable(request.Properties),
        QoS = request.QoS,
        Retain = request.Retain,
        HasExpiry = request.Properties.MessageExpiryInterval is not null,
        ExpiryInterval = request.Properties.MessageExpiryInterval ?? 0,
        Origin = request.Origin,
        ClientId = request.ClientId,
        Principal = request.Principal,
        RemoteEndPoint = request.RemoteEndPoint,
        Cause = request.Cause,
    };

    private sealed class Unsubscriber(MqttBroker broker, Subscription subscription) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) broker.Routes.Remove(subscription);
        }
    }
}
