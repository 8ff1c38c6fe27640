using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.IotHub.Twins;

namespace Fairlead.Features.IotHub;

/// <summary>The Azure dialect over AMQP: devices, services, and readers of what devices sent (spec/azure-gateway, sections 2, 4.5 and 4.6).</summary>
internal sealed class AmqpFeature(FeatureContext context, IotHubFeature hub, MessagingFeature messaging, ITwins twins) : IFeature
{
    /// <summary>Serves its connections.</summary>
    public AmqpEndpoint Endpoint { get; } = new(new AmqpServices
    {
        Options = hub.Options,
        Credentials = hub.Credentials,
        Identities = hub.Identities,
        Presence = hub.Presence,
        Telemetry = messaging.Telemetry,
        CloudToDevice = messaging.CloudToDevice,
        Methods = messaging.Methods,
        Twins = twins,
        Events = messaging.Log,
        Time = context.Time,
        Log = context.Loggers.CreateLogger("Fairlead.Amqp"),
    });

    /// <summary>Shows its connections and links.</summary>
    public AmqpPages Pages => field ??= new AmqpPages(Endpoint);

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => Pages.Operations;

    /// <inheritdoc/>
    public async ValueTask StopAsync() => await Endpoint.StopAsync().ConfigureAwait(false);
}
