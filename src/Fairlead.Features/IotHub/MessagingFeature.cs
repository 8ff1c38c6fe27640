using Fairlead.Broker;
using Fairlead.Features.DirectMessages;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Http;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Features.IotHub.Mqtt;
using Fairlead.Features.IotHub.Twins;

namespace Fairlead.Features.IotHub;

/// <summary>Messages and methods of the Azure dialect, their HTTP operations, and the dialect over MQTT (spec/azure-gateway 2.5 to 2.7, 3, 4).</summary>
internal sealed class MessagingFeature : IFeature, IDisposable
{
    private readonly CloudToDeviceService _cloudToDevice;
    private readonly MqttDialect _mqtt;

    /// <summary>Composes it; before documents are loaded.</summary>
    /// <param name="context">Store, clock, broker.</param>
    /// <param name="hub">Identities, credentials, presence, routes.</param>
    /// <param name="twins">Twins.</param>
    /// <param name="log">Where telemetry goes besides the broker.</param>
    public MessagingFeature(FeatureContext context, IotHubFeature hub, ITwins twins, IEventLog log)
    {
        var identities = hub.Identities;
        Telemetry = new TelemetryService(context, hub.Options, log);
        Log = log;
        _cloudToDevice = new CloudToDeviceService(context, hub.Options, name => identities.Find(name)?.GenerationId);
        Methods = new DirectMethodService(context.Time, name => identities.Find(name) is not null);
        _mqtt = new MqttDialect(context, hub, Telemetry, _cloudToDevice, Methods, twins);
        Direct = new CloudToDeviceRoute(context, _cloudToDevice);
        hub.View.CountQueued = _cloudToDevice.Count;
        // What waits for a device goes with it.
        identities.Deleting += identity => _cloudToDevice.Purge(identity.Name, null);
        hub.Routes.Add(new DeviceRoutes(identities, hub.Presence, Telemetry, _cloudToDevice).Routes);
        hub.Routes.Add(new ServiceRoutes(identities, _cloudToDevice, Methods).Routes);
    }

    /// <summary>Takes what devices send.</summary>
    public TelemetryService Telemetry { get; }

    /// <summary>Has it for those who read it later.</summary>
    public IEventLog Log { get; }

    /// <summary>Has what devices are sent.</summary>
    public ICloudToDevice CloudToDevice => _cloudToDevice;

    /// <summary>What is counted of that.</summary>
    public CloudToDeviceCounters CloudToDeviceCounters => _cloudToDevice.Counters;

    /// <summary>Calls devices' methods.</summary>
    public DirectMethodService Methods { get; }

    /// <summary>Direct messages to devices of this dialect.</summary>
    public IDirectMessageRoute Direct { get; }

    /// <summary>Authenticates devices over MQTT.</summary>
    public IConnectAuthenticator Connect => _mqtt.Connect;

    /// <summary>Devices connected over MQTT.</summary>
    public int MqttDevices => _mqtt.Connected;

    /// <inheritdoc/>
    public void Attach(MqttBroker broker)
    {
        _mqtt.Attach(broker);
        Log.GroupEnded = broker.FlushPublished;
    }

    /// <inheritdoc/>
    public void Start() => _cloudToDevice.Start();

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        Dispose();
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mqtt.Dispose();
        _cloudToDevice.Dispose();
    }
}
