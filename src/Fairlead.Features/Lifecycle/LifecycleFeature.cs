using System.Net;
using Fairlead.Broker;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Connections;
using Fairlead.Features.Registry;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Lifecycle;

/// <summary>
/// Presence and subscription events (spec/aws-messaging, sections 2.1 and 2.2), what is remembered of connections, and the last events
/// of a client for administrators.
/// </summary>
internal sealed partial class LifecycleFeature : IFeature, IConnectionObserver
{
    private static readonly TimeSpan WritePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PrunePeriod = TimeSpan.FromMinutes(5);
    private readonly FeatureContext _context;
    private readonly PresenceTable _presence;
    private readonly ThingAssociation _association;
    private readonly LifecycleQueue _queue;
    private readonly ClientEvents _recent = new();
    private readonly ILogger _log;
    private ITimer? _timer;
    private long _nextPrune;
    private int _writing;

    /// <summary>Makes the slice.</summary>
    public LifecycleFeature(FeatureContext context, PresenceTable presence, ThingAssociation association)
    {
        _context = context;
        _presence = presence;
        _association = association;
        _queue = new LifecycleQueue(context);
        _log = context.Loggers.CreateLogger("Fairlead.Lifecycle");
    }

    /// <summary>Lifecycle events that were lost because they came faster than they could be published.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>The newest events of a client, oldest first.</summary>
    public IReadOnlyList<ClientEvent> EventsOf(string clientId) => _recent.Of(clientId);

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => [ApiOperation.Hub("ListClientEvents", "GET", "/v1/clients/{id}/events", List)];

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddConnectionObserver(this);

    /// <inheritdoc/>
    public void Start()
    {
        _queue.Start();
        _timer = _context.Time.CreateTimer(static state => ((LifecycleFeature)state!).Tick(), this, WritePeriod, WritePeriod);
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
        await _queue.StopAsync().ConfigureAwait(false);
        while (_presence.Write())
        {
        }
    }

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        var presence = _presence.OnConnected(connection);
        Remember(connection, "connected", $"{connection.Transport.Protocol} from {connection.Transport.RemoteEndPoint} as {connection.Principal}");
        _queue.Add(Document(connection, "connected", presence.SessionIdentifier) with
        {
            IpAddress = AddressOf(connection),
            VersionNumber = presence.Version,
        });
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        Remember(connection, "connect_refused", $"{stage}: {reason}");
        // Limits are not the client's lack of permission.
        if (stage != "policy") return;
        _queue.Add(Document(connection, "connect_failed", Guid.NewGuid()) with
        {
            IpAddress = AddressOf(connection),
            ConnectFailureReason = "AUTHORIZATION_FAILED",
        });
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
        var reason = DisconnectReasons.Of(connection, cause);
        var presence = _presence.OnDisconnected(connection, reason);
        Remember(connection, "disconnected", $"{reason}: {cause.Reason}");
        _queue.Add(Document(connection, "disconnected", presence.SessionIdentifier) with
        {
            VersionNumber = presence.Version,
            ClientInitiatedDisconnect = DisconnectReasons.IsClientInitiated(reason),
            DisconnectReason = reason,
        });
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters) => Subscribed(connection, "subscribed", topicFilters);

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters) => Subscribed(connection, "unsubscribed", topicFilters);

    private static string? AddressOf(in ConnectionEvent connection) => (connection.Transport.RemoteEndPoint as IPEndPoint)?.Address is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private void Subscribed(in ConnectionEvent connection, string happened, IReadOnlyList<string> topicFilters)
    {
        Remember(connection, happened, string.Join(", ", topicFilters));
        var identifier = _presence.Find(connection.ClientId)?.SessionIdentifier ?? Guid.Empty;
        _queue.Add(Document(connection, happened, identifier) with { Topics = topicFilters });
    }

    private LifecycleDocument Document(in ConnectionEvent connection, string happened, Guid session)
    {
        var thing = _association.Find(connection.Transport.CertificateId, connection.ClientId, out var isExclusive);
        return new LifecycleDocument(connection.ClientId, happened, _context.Now, session.ToString(), connection.Principal.Id)
        {
            ThingName = isExclusive ? thing?.Name : null,
        };
    }

    private void Remember(in ConnectionEvent connection, string happened, string? detail) =>
        _recent.Add(new ClientEvent(_context.Now, connection.ClientId, happened, detail));

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var clientId = request.Label();
        var events = _recent.Of(clientId).Select(static one => new ClientEventDocument(DateTimeOffset.FromUnixTimeMilliseconds(one.At), one.Event, one.Detail));
        return new(ApiResponse.Json(new ClientEventListDocument(clientId, [.. events]), LifecycleJson.Default.ClientEventListDocument));
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _writing, 1) != 0) return;
        try
        {
            _presence.Write();
            var now = _context.Now;
            if (now < _nextPrune) return;
            _nextPrune = now + (long)PrunePeriod.TotalMilliseconds;
            _presence.Prune();
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    [LoggerMessage(EventId = 5351, Level = LogLevel.Error, Message = "the last state of connections could not be written; it will be tried again", EventName = "presence_failed")]
    private partial void LogFailed(Exception exception);
}
