namespace Fairlead.Features.IotHub.Credentials;

/// <summary>What a credential that was found genuine allows: a policy over a part of the hub, or being one identity.</summary>
internal sealed record HubGrant
{
    /// <summary>Name of the policy whose key signed; null when it is the identity's own credential.</summary>
    public string? PolicyName { get; init; }

    /// <summary>What the policy allows; for an identity's own credential <see cref="HubPermissions.DeviceConnect"/>.</summary>
    public required HubPermissions Permissions { get; init; }

    /// <summary>The device or module that it is limited to; null for the whole hub.</summary>
    public IdentityName? Scope { get; init; }

    /// <summary>Until when it is accepted, the allowed skew of clocks included; null for a certificate.</summary>
    public DateTimeOffset? AcceptedUntil { get; init; }

    /// <summary>Whether it came as a certificate. Such a connection carries no other identity.</summary>
    public bool IsCertificate { get; init; }

    /// <summary>JSON text for <c>iothub-connection-auth-method</c> (spec/azure-gateway, section 2.5).</summary>
    public required string AuthMethod { get; init; }

    /// <summary>Whether everything in <paramref name="needed"/> is allowed.</summary>
    public bool Allows(HubPermissions needed) => (Permissions & needed) == needed;

    /// <summary>
    /// Whether its holder may act as an identity: by segments of the scope, so that device <c>a</c> is not <c>ab</c>. An identity's own
    /// credential reaches that identity alone: neither a device's its modules nor the reverse (sections 5.1 and 10).
    /// </summary>
    public bool Covers(IdentityName name)
    {
        if (!Allows(HubPermissions.DeviceConnect)) return false;
        if (Scope is not { } scope || scope == name) return true;
        return PolicyName is not null && scope.ModuleId is null && scope.DeviceId == name.DeviceId;
    }
}
