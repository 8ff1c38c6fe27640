using System.Net;
using Fairlead.Features.AccessKeys;

namespace Fairlead.Features.Api;

/// <summary>How a caller of the HTTP API proved who it is.</summary>
internal enum CallerKind
{
    /// <summary>Administration token, or developer's mode on loopback.</summary>
    Administrator,

    /// <summary>Signature Version 4 with an access key.</summary>
    AccessKey,

    /// <summary>Client certificate that is registered and active.</summary>
    Certificate,

    /// <summary>Nobody asked: the operation is open to all.</summary>
    Anybody,

    /// <summary>A custom authorizer let it in, with policies of its own.</summary>
    CustomAuthorizer,
}

/// <summary>Who calls the HTTP API.</summary>
/// <param name="Kind">How it proved who it is.</param>
/// <param name="PrincipalId">Access key id, certificate id, the authorizer's principalId, or <c>administrator</c>.</param>
internal sealed record Caller(CallerKind Kind, string PrincipalId)
{
    /// <summary>What an administrator who came through the console may do; everything for all others.</summary>
    public HubRole Role { get; init; } = HubRole.Administrator;

    /// <summary>Service of the credential scope, such as <c>iot</c> or <c>iotdata</c>; null without a signature.</summary>
    public string? Service { get; init; }

    /// <summary>The key, for <see cref="CallerKind.AccessKey"/>.</summary>
    public AccessKey? Key { get; init; }

    /// <summary>Identity for policy evaluation, for <see cref="CallerKind.CustomAuthorizer"/>; null otherwise.</summary>
    public Broker.Security.Principal? Principal { get; init; }

    /// <summary>Address of the caller; null when the transport has none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Port of the caller; null when the transport has none.</summary>
    public int? Port { get; init; }

    /// <summary>Host name that the caller asked for (SNI); null without TLS.</summary>
    public string? ServerName { get; init; }

    /// <summary>Whether the request came over TLS.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Who publishes, for what the caller publishes.</summary>
    public Broker.Security.Principal ToPrincipal() => Kind switch
    {
        CallerKind.AccessKey when Key is not null => new Policies.AccessKeyPrincipal(Key),
        CallerKind.Certificate => new Broker.Security.Principal("certificate", PrincipalId),
        CallerKind.CustomAuthorizer when Principal is not null => Principal,
        _ => new Broker.Security.Principal("administrator", PrincipalId),
    };
}
