using System.Diagnostics.CodeAnalysis;
using Fairlead.Broker.Connections;
using Fairlead.Features.IotHub.Identities;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>See <see cref="IHubCredentials"/>.</summary>
internal sealed class HubCredentials(FeatureContext context, IotHubOptions options, HubPolicies policies, IdentityService identities, CertificateProof certificates)
    : IHubCredentials
{
    private static readonly string OfDevice = AuthMethod("device", "sas");
    private static readonly string OfHub = AuthMethod("hub", "sas");
    private static readonly string OfCertificate = AuthMethod("device", "x509");
    private static readonly string OfAuthority = AuthMethod("device", "x509Ca");

    /// <inheritdoc/>
    public bool IsHost(ReadOnlySpan<char> host)
    {
        if (options.HostNames.Count == 0) return true;
        host = TokenScope.WithoutPort(host);
        foreach (string name in options.HostNames)
        {
            if (host.Equals(TokenScope.WithoutPort(name), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public bool TryCheckToken(ReadOnlySpan<char> token, [NotNullWhen(true)] out HubGrant? grant, [NotNullWhen(false)] out IotHubError? error)
    {
        grant = null;
        if (!SasToken.TryParse(token, out var parsed, out string problem)) error = IotHubError.Unauthorized(problem);
        else if (!TokenScope.TryParse(parsed!.Resource, out var scope)) error = IotHubError.Unauthorized("the token's sr names nothing that this hub has");
        else if (!IsHost(scope.Host)) error = IotHubError.Unauthorized($"the token is for the host {scope.Host}, which is not among IotHub:HostNames");
        else error = parsed.KeyName is { } policy ? CheckPolicy(parsed, scope, policy, out grant) : CheckOwn(parsed, scope, out grant);
        return error is null;
    }

    /// <inheritdoc/>
    public bool TryCheckCertificate(
        PeerCertificates peer, IdentityName name, [NotNullWhen(true)] out HubGrant? grant, [NotNullWhen(false)] out IotHubError? error)
    {
        grant = null;
        if (identities.Find(name) is not { } identity)
        {
            error = identities.NotFound(name);
            return false;
        }

        error = RefusalOf(identity) ?? certificates.RefusalOf(peer, identity);
        if (error is not null) return false;
        grant = Recall(identity) with { IsCertificate = true };
        return true;
    }

    /// <inheritdoc/>
    public HubGrant Recall(Identity identity) => new()
    {
        Permissions = HubPermissions.DeviceConnect,
        Scope = identity.Name,
        AuthMethod = identity.Authentication switch
        {
            AuthenticationKind.CertificateAuthority => OfAuthority,
            AuthenticationKind.SelfSigned => OfCertificate,
            AuthenticationKind.None => OfHub,
            _ => OfDevice,
        },
    };

    /// <summary>The same as <see cref="CheckIdentity"/>, but nothing is created: a device that would be is taken as there.</summary>
    public IotHubError? Judge(HubGrant grant, IdentityName name) => Judge(grant, name, out _);

    /// <inheritdoc/>
    public IotHubError? CheckIdentity(HubGrant grant, IdentityName name)
    {
        if (Judge(grant, name, out bool isMissing) is { } refusal) return refusal;
        return isMissing ? Create(name) : null;
    }

    private IotHubError? Judge(HubGrant grant, IdentityName name, out bool isMissing)
    {
        isMissing = false;
        if (!grant.Covers(name)) return IotHubError.UnauthorizedAccess($"the credential does not reach as far as {name}");
        if (grant.AcceptedUntil < context.Time.GetUtcNow()) return Expired(grant.AcceptedUntil.Value - SasToken.Skew);
        if (identities.Find(name) is { } identity) return RefusalOf(identity);
        isMissing = grant.PolicyName is not null && name.ModuleId is null && options.CreateUnknownDevices == true && IdentityName.IsId(name.DeviceId);
        return isMissing ? null : identities.NotFound(name);
    }

    private IotHubError? Create(IdentityName name)
    {
        try
        {
            lock (context.Documents.Gate)
            {
                if (identities.Find(name) is null) identities.Create(name, new IdentityContent());
            }

            return null;
        }
        catch (IotHubException refusal)
        {
            return refusal.Error;
        }
        catch (Api.ApiException refusal)
        {
            return IotHubError.InvalidOperation(refusal.Message);
        }
    }

    private static string AuthMethod(string scope, string type) => $$"""{"scope":"{{scope}}","type":"{{type}}","issuer":"iothub"}""";

    private static IotHubError Expired(DateTimeOffset at) => IotHubError.Unauthorized($"the token ended at {at:u}");

    private static IotHubError? RefusalOf(Identity identity) =>
        identity.IsDisabled ? IotHubError.Unauthorized($"{identity.Name} is disabled{(identity.StatusReason is { Length: > 0 } reason ? $": {reason}" : "")}") : null;

    // Nothing is told of what is behind a signature before the signature is found good, but that a device is not there: SDKs ask for it.
    private IotHubError? CheckOwn(SasToken token, TokenScope scope, out HubGrant? grant)
    {
        grant = null;
        if (scope.NameOf(name => identities.Find(name) is not null) is not { } name)
            return IotHubError.Unauthorized("a token for more than one device names the policy whose key signed it: skn");
        if (!IdentityName.TryCreate(name.DeviceId, name.ModuleId, out name)) return IotHubError.ArgumentInvalid("the token's sr names no device id");
        if (identities.Find(name) is not { } identity) return identities.NotFound(name);
        if (identity.Authentication != AuthenticationKind.Sas) return IotHubError.Unauthorized($"{name} does not authenticate by tokens of its own");
        if (!token.IsSignedBy(identity.PrimaryKey) && !token.IsSignedBy(identity.SecondaryKey)) return IotHubError.Unauthorized($"the token is not signed with a key of {name}");
        if (CheckTime(token) is { } expired) return expired;
        if (RefusalOf(identity) is { } refusal) return refusal;
        grant = new HubGrant { Permissions = HubPermissions.DeviceConnect, Scope = name, AcceptedUntil = token.AcceptedUntil, AuthMethod = OfDevice };
        return null;
    }

    private IotHubError? CheckPolicy(SasToken token, TokenScope scope, string policyName, out HubGrant? grant)
    {
        grant = null;
        if (policies.Find(policyName) is not { } policy) return IotHubError.Unauthorized($"there is no policy {policyName}");
        if (!IsSigned(token, scope, policy)) return IotHubError.Unauthorized($"the token is not signed with a key of the policy {policyName}");
        if (CheckTime(token) is { } expired) return expired;
        var permissions = policy.Permissions;
        // What is limited to a device is for acting as it and for asking about it; what names a part of the service, for that part.
        if (scope.IsService) permissions &= HubPermissions.ServiceConnect;
        grant = new HubGrant
        {
            PolicyName = policy.Name,
            Permissions = permissions,
            Scope = scope.NameOf(name => identities.Find(name) is not null),
            AcceptedUntil = token.AcceptedUntil,
            AuthMethod = OfHub,
        };
        return null;
    }

    private static bool IsSigned(SasToken token, TokenScope scope, HubPolicy policy) =>
        token.IsSignedBy(policy.PrimaryKey) || token.IsSignedBy(policy.SecondaryKey)
        || (scope.IsService && (token.IsSignedByText(policy.PrimaryKey) || token.IsSignedByText(policy.SecondaryKey)));

    private IotHubError? CheckTime(SasToken token) =>
        token.AcceptedUntil < context.Time.GetUtcNow() ? Expired(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(token.Expiry, 0, 253_402_300_799))) : null;
}
