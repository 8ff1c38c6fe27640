using System.Text;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Provisioning;

/// <summary>Requests of the MQTT API.</summary>
internal enum ProvisioningCallKind
{
    /// <summary><c>$aws/certificates/create/{fmt}</c>.</summary>
    Create,

    /// <summary><c>$aws/certificates/create-from-csr/{fmt}</c>.</summary>
    CreateFromSigningRequest,

    /// <summary><c>$aws/provisioning-templates/{template}/provision/{fmt}</c>.</summary>
    Provision,
}

/// <summary>One request of the MQTT API.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Topic">Topic of the request; answers go below it.</param>
/// <param name="TemplateName">Template, for <see cref="ProvisioningCallKind.Provision"/>; empty otherwise.</param>
/// <param name="IsCbor">Whether payloads are CBOR and not JSON.</param>
internal sealed record ProvisioningCall(ProvisioningCallKind Kind, string Topic, string TemplateName, bool IsCbor)
{
    /// <summary>Payload of the request.</summary>
    public byte[] Payload { get; init; } = [];

    /// <summary>Who asks.</summary>
    public required string ClientId { get; init; }

    /// <summary>The identity object of the connection that asks.</summary>
    public required Principal Principal { get; init; }

    /// <summary>QoS of the request, and of its answer.</summary>
    public QualityOfService QoS { get; init; }

    /// <summary>What a topic asks for; null when it is not one of the API.</summary>
    public static ProvisioningCall? Parse(ReadOnlySpan<byte> topic, string clientId, Principal principal)
    {
        var text = Encoding.UTF8.GetString(topic);
        var (kind, template, format) = text.Split('/') switch
        {
            ["$aws", "certificates", "create", var encoding] => (ProvisioningCallKind.Create, "", encoding),
            ["$aws", "certificates", "create-from-csr", var encoding] => (ProvisioningCallKind.CreateFromSigningRequest, "", encoding),
            ["$aws", "provisioning-templates", { Length: > 0 } name, "provision", var encoding] => (ProvisioningCallKind.Provision, name, encoding),
            _ => (default, "", ""),
        };
        return format is "json" or "cbor" ? new ProvisioningCall(kind, text, template, format == "cbor") { ClientId = clientId, Principal = principal } : null;
    }
}
