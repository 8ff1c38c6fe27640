using System.Text;
using Fairlead.Broker.Security;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Messages;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>An MQTT client of the Azure dialect: one device or module (spec/azure-gateway 3).</summary>
internal sealed class IotHubPrincipal : Principal
{
    /// <summary>
    /// Longest Keep Alive in seconds: the hub drops a silent client after one and a half of it, and after 1,767 s at the latest
    /// (spec/azure-gateway 3.1).
    /// </summary>
    public const int LongestKeepAlive = 1_178;

    /// <summary>Its <see cref="Principal.Kind"/>.</summary>
    public const string DeviceKind = "device";

    /// <summary>Makes it.</summary>
    public IotHubPrincipal(IdentityName identity, HubGrant grant, string generationId)
        : base(DeviceKind, identity.Key)
    {
        Identity = identity;
        Grant = grant;
        Source = new TelemetrySource(identity, grant.AuthMethod, generationId) { Principal = this };
        TopicBase = Encoding.UTF8.GetBytes(identity.ModuleId is { } module
            ? $"{TelemetryTopic.Devices}{identity.DeviceId}/modules/{module}"
            : $"{TelemetryTopic.Devices}{identity.DeviceId}");
        IsStrict = true;
        MaximumKeepAlive = LongestKeepAlive;
    }

    /// <summary>The device or module.</summary>
    public IdentityName Identity { get; }

    /// <summary>What it proved.</summary>
    public HubGrant Grant { get; }

    /// <summary>The same as sender of telemetry.</summary>
    public TelemetrySource Source { get; }

    /// <summary>Its connection, once there is one.</summary>
    public MqttDevice? Device { get; set; }

    /// <summary><c>devices/{d}</c> or <c>devices/{d}/modules/{m}</c>, UTF-8: its own topics are those below.</summary>
    public byte[] TopicBase { get; }
}
