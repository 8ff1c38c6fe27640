using System.Diagnostics.CodeAnalysis;
using Fairlead.Broker.Connections;
using Fairlead.Features.IotHub.Identities;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>Judges what clients of the Azure dialect present (spec/azure-gateway, section 5). Takes no lock but to create a device; waits for nothing.</summary>
internal interface IHubCredentials
{
    /// <summary>Judges a token: form, host, key, signature, expiry, and that the identity whose key signed is there and enabled.</summary>
    /// <param name="token"><c>SharedAccessSignature sr=...</c>.</param>
    /// <param name="grant">What it allows.</param>
    /// <param name="error">Why not.</param>
    bool TryCheckToken(ReadOnlySpan<char> token, [NotNullWhen(true)] out HubGrant? grant, [NotNullWhen(false)] out IotHubError? error);

    /// <summary>Judges the certificate that a client showed in the handshake against what the identity is registered with (section 5.4).</summary>
    /// <param name="certificates">DER, the client's own first.</param>
    /// <param name="name">Who it says it is.</param>
    /// <param name="grant">What it allows.</param>
    /// <param name="error">Why not.</param>
    bool TryCheckCertificate(PeerCertificates certificates, IdentityName name, [NotNullWhen(true)] out HubGrant? grant, [NotNullWhen(false)] out IotHubError? error);

    /// <summary>
    /// Whether the holder of a grant may act as an identity now: covered, not expired, there (or created, where the options say so) and
    /// enabled. Asked at each connection and attach, because a grant may be older than the last change of the identity.
    /// </summary>
    /// <returns>Why not, or null.</returns>
    IotHubError? CheckIdentity(HubGrant grant, IdentityName name);

    /// <summary>What an identity is granted by its own credential: for one that proved itself before the hub was started again.</summary>
    HubGrant Recall(Identity identity);

    /// <summary>Whether a host name in an address, user name or token is this hub's; a port behind it does not matter.</summary>
    bool IsHost(ReadOnlySpan<char> host);
}
