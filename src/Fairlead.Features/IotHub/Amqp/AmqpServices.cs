using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Features.IotHub.Methods;
using Fairlead.Features.IotHub.Twins;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What the AMQP endpoint needs of the hub.</summary>
internal sealed record AmqpServices
{
    /// <summary>Settings.</summary>
    public required IotHubOptions Options { get; init; }

    /// <summary>Judges tokens and certificates.</summary>
    public required IHubCredentials Credentials { get; init; }

    /// <summary>Devices and modules.</summary>
    public required IdentityService Identities { get; init; }

    /// <summary>Who is connected.</summary>
    public required IdentityPresence Presence { get; init; }

    /// <summary>Takes what devices send.</summary>
    public required ITelemetry Telemetry { get; init; }

    /// <summary>Messages to devices.</summary>
    public required ICloudToDevice CloudToDevice { get; init; }

    /// <summary>Direct methods.</summary>
    public required IDirectMethods Methods { get; init; }

    /// <summary>Twins.</summary>
    public required ITwins Twins { get; init; }

    /// <summary>What devices sent.</summary>
    public required IEventLog Events { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Log.</summary>
    public required ILogger Log { get; init; }
}
