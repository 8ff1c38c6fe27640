using Fairlead.Broker.Connections;
using Fairlead.Broker.Security;

namespace Fairlead.Broker;

/// <summary>One client as services see it: connected, or a Session without a connection.</summary>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="IsConnected">Whether a connection holds the Session.</param>
/// <param name="SessionExpiry">Session Expiry Interval, seconds; 0 when the Session ends with its connection.</param>
/// <param name="KeepAlive">Keep Alive that the client asked for, seconds; 0 when not connected.</param>
/// <param name="Since">When it connected, or when it left: milliseconds since the Unix epoch.</param>
/// <param name="Transport">Listener, addresses and certificate; null when not connected.</param>
/// <param name="Principal">Identity; null when not connected.</param>
public sealed record ClientState(
    string ClientId, bool IsConnected, uint SessionExpiry, ushort KeepAlive, long Since, TransportInfo? Transport, Principal? Principal);
