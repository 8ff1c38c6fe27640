using System.Collections.Concurrent;
using Fairlead.Broker;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Features.IotHub.Twins;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>
/// The Azure dialect over MQTT (spec/azure-gateway 3): follows the connections of devices and joins them to the services. It costs other
/// clients nothing but a look at their principal.
/// </summary>
internal sealed class MqttDialect : IConnectionObserver, IDisposable
{
    private readonly FeatureContext _context;
    private readonly IotHubFeature _hub;
    private readonly ConcurrentDictionary<long, MqttDevice> _devices = new();
    private readonly TokenExpiries _expiries;

    /// <summary>Makes it.</summary>
    public MqttDialect(FeatureContext context, IotHubFeature hub, TelemetryService telemetry, CloudToDeviceService cloudToDevice, IDirectMethods methods, ITwins twins)
    {
        (_context, _hub, Telemetry, CloudToDevice, Methods, Twins) = (context, hub, telemetry, cloudToDevice, methods, twins);
        _expiries = new TokenExpiries(context);
        Connect = new IotHubConnect(hub.Credentials, hub.Identities);
        hub.Identities.Changed += OnIdentityChanged;
    }

    /// <summary>Authenticates devices.</summary>
    public IConnectAuthenticator Connect { get; }

    /// <summary>Takes what devices send.</summary>
    public TelemetryService Telemetry { get; }

    /// <summary>Has what they are sent.</summary>
    public CloudToDeviceService CloudToDevice { get; }

    /// <summary>Calls their methods.</summary>
    public IDirectMethods Methods { get; }

    /// <summary>Has their twins.</summary>
    public ITwins Twins { get; }

    /// <summary>The broker.</summary>
    public MqttBroker Broker => _context.Broker;

    /// <summary>Devices that are connected.</summary>
    public int Connected => _devices.Count;

    /// <summary>Hooks it into the broker.</summary>
    public void Attach(MqttBroker broker)
    {
        broker.AddConnectionObserver(this);
        broker.AddTopicOwner(new TelemetryTopics(this));
        broker.AddTopicOwner(new DialectRequests(_context, this));
    }

    /// <summary>Whether a connected client is a device of the dialect.</summary>
    public bool IsDevice(string clientId) => Broker.TryGetState(clientId, out var state) && state.Principal is IotHubPrincipal;

    /// <summary>
    /// The device that publishes; null when none does. Who left a Will and has not connected since the hub was started is known by name
    /// alone: what it may and how it proved itself is told by its identity then.
    /// </summary>
    public IotHubPrincipal? SenderOf(in Publication publication)
    {
        if (publication.Principal is IotHubPrincipal principal) return principal;
        if (publication is not { Origin: PublishOrigin.Will, Principal: { Kind: IotHubPrincipal.DeviceKind } named }) return null;
        return _hub.Identities.Find(IdentityName.OfKey(named.Id)) is { } identity
            ? new IotHubPrincipal(identity.Name, _hub.Credentials.Recall(identity), identity.GenerationId)
            : null;
    }

    /// <summary>An identity has done something.</summary>
    public void OnActivity(IdentityName identity) => _hub.Presence.OnActivity(identity);

    /// <summary>Lets a device try again after a while.</summary>
    public void Later(MqttDevice device, TimeSpan wait) => _ = TryAgainAsync(device, wait);

    /// <inheritdoc/>
    public void OnConnected(in ConnectionEvent connection)
    {
        if (connection.Principal is not IotHubPrincipal principal) return;
        var device = new MqttDevice(this, principal, connection.ClientId, connection.ConnectionId);
        principal.Device = device;
        _devices[connection.ConnectionId] = device;
        if (principal.Grant.AcceptedUntil is { } end) _expiries.Add(connection.ConnectionId, end);
        _hub.Presence.OnConnected(principal.Identity);
        // A Session that went on has its subscriptions already, and no SUBSCRIBE will come.
        if (connection.SessionPresent && Broker.ListSubscriptions(connection.ClientId) is { } subscriptions)
            device.OnSubscribed(subscriptions.Select(static one => one.Key));
    }

    /// <inheritdoc/>
    public void OnDisconnected(in ConnectionEvent connection, in DisconnectCause cause)
    {
        if (!_devices.TryRemove(connection.ConnectionId, out var device)) return;
        device.OnDisconnected();
        if (device.Principal.Grant.AcceptedUntil is { } end) _expiries.Remove(connection.ConnectionId, end);
        _hub.Presence.OnDisconnected(device.Principal.Identity);
    }

    /// <inheritdoc/>
    public void OnConnectRefused(in ConnectionEvent connection, string stage, ReasonCode code, string reason)
    {
        // It never was connected.
    }

    /// <inheritdoc/>
    public void OnSubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        if (connection.Principal is IotHubPrincipal { Device: { } device }) device.OnSubscribed(topicFilters);
    }

    /// <inheritdoc/>
    public void OnUnsubscribed(in ConnectionEvent connection, IReadOnlyList<string> topicFilters)
    {
        if (connection.Principal is IotHubPrincipal { Device: { } device }) device.OnUnsubscribed(topicFilters);
    }

    /// <inheritdoc/>
    public void Dispose() => _expiries.Dispose();

    private async Task TryAgainAsync(MqttDevice device, TimeSpan wait)
    {
        await Task.Delay(wait, _context.Time).ConfigureAwait(false);
        device.OnAvailable();
    }

    private void OnIdentityChanged(IdentityName name, IdentityChange change) => Broker.DisconnectWhere(
        subject => subject.Principal is IotHubPrincipal principal && principal.Identity == name
            // A policy's token was not proved by the keys of the device.
            && (change != IdentityChange.KeysChanged || principal.Grant.PolicyName is null),
        ReasonCode.NotAuthorized,
        $"the device was {(change == IdentityChange.Deleted ? "deleted" : change == IdentityChange.Disabled ? "disabled" : "given other keys")}");
}
