using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Features;

/// <summary>A slice's way to find out at CONNECT who a client is. The hub asks one after the other, then looks at users and anonymous access.</summary>
internal interface IConnectAuthenticator
{
    /// <summary>Authenticates a CONNECT.</summary>
    /// <returns>The identity or the refusal; null when this way does not apply, and the next is asked.</returns>
    ValueTask<AuthenticationResult?> TryAuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken);
}
