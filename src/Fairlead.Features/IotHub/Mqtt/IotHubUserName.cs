using Fairlead.Broker.Connections;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>
/// The user name of the dialect (spec/azure-gateway 3.1): <c>{h}/{d}/?api-version=...</c>, for a module <c>{h}/{d}/{m}/?...</c>; old clients
/// leave out the question mark, or everything behind the ids.
/// </summary>
internal static class IotHubUserName
{
    /// <summary>What the password of the dialect starts with.</summary>
    private static ReadOnlySpan<byte> TokenScheme => "SharedAccessSignature "u8;

    /// <summary>Whether a CONNECT is one of the dialect, and who it says it is.</summary>
    /// <param name="connect">The packet.</param>
    /// <param name="transport">Knows the client certificate.</param>
    /// <param name="credentials">Knows the hub's names.</param>
    /// <param name="identity">Who; its ids may still be none.</param>
    /// <returns>False when the user name means somebody else.</returns>
    public static bool TryRead(ConnectPacket connect, TransportInfo transport, IHubCredentials credentials, out IdentityName identity)
    {
        identity = default;
        if (connect.UserName is not { } name || name.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash)) return false;
        var parts = name[(slash + 1)..].Split('/');
        var module = parts.Length > 1 && !IsQuery(parts[1]) ? parts[1] : null;
        identity = new IdentityName(parts[0], module);
        // A user of the hub's own may have slashes in its name: what is meant shows from what comes along.
        var hasToken = connect.Password is { } password && password.AsSpan().StartsWith(TokenScheme);
        var hasQuery = Array.Exists(parts, static part => part.Contains("api-version=", StringComparison.Ordinal));
        return (hasToken || hasQuery || (transport.CertificateId is not null && connect.ClientId == identity.Key)) && credentials.IsHost(name.AsSpan(0, slash));
    }

    private static bool IsQuery(string part) => part.Length == 0 || part[0] == '?' || part.Contains("api-version=", StringComparison.Ordinal);
}
