using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Features.Shadows;
using Fairlead.Server.Tls;

namespace Fairlead.Server.Observability;

/// <summary>What the metrics are read from.</summary>
/// <param name="Broker">Counters of the broker.</param>
/// <param name="Store">Store.</param>
/// <param name="Certificates">Certificates; null when no listener uses TLS.</param>
/// <param name="Log">Writer of the log; null when there is none.</param>
/// <param name="Started">When the process started.</param>
internal sealed record MetricSources(
    BrokerCounters Broker, IBrokerStore Store, ServerCertificates? Certificates, LogWriter? Log, DateTimeOffset Started)
{
    /// <summary>Counters of the shadows; null without features.</summary>
    public ShadowCounters? Shadows { get; init; }

    /// <summary>Counters of provisioning; null without features.</summary>
    public Features.Provisioning.ProvisioningCounters? Provisioning { get; init; }

    /// <summary>Counters of custom authorizers; null without features.</summary>
    public Features.Authorizers.AuthorizerCounters? Authorizers { get; init; }

    /// <summary>Calls of functions; null without features.</summary>
    public Features.Functions.FunctionCaller? Functions { get; init; }

    /// <summary>Certificates of the devices; null without features.</summary>
    public Features.Certificates.CertificateServices? Devices { get; init; }

    /// <summary>Counters of the data plane; null without features.</summary>
    public Features.DataPlaneCounters? DataPlane { get; init; }

    /// <summary>Counters of notifications; null without features.</summary>
    public Features.Notifications.NotificationCounters? Notifications { get; init; }

    /// <summary>Topic rules; null without features.</summary>
    public Features.Rules.RulesFeature? Rules { get; init; }

    /// <summary>Messages and methods of the Azure dialect; null without features.</summary>
    public Features.IotHub.MessagingFeature? IotHubMessages { get; init; }

    /// <summary>Counters of the Azure dialect over AMQP; null without features.</summary>
    public Features.IotHub.Amqp.AmqpCounters? Amqp { get; init; }

    /// <summary>Connections of the Azure dialect over AMQP; null without features.</summary>
    public Features.IotHub.Amqp.AmqpEndpoint? AmqpConnections { get; init; }

    /// <summary>The log of what devices sent; null when nothing is kept on the disk.</summary>
    public Storage.Events.EventStore? Events { get; init; }

    /// <summary>Edge connectors; null without features.</summary>
    public Features.EdgeConnectors.EdgeRegister? Edges { get; init; }

    /// <summary>Events of the registry on their way; null without features.</summary>
    public Features.Events.EventQueue? RegistryEvents { get; init; }
}
