using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <summary>A client as lists show it.</summary>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="Principal">Identity.</param>
/// <param name="Version">MQTT version.</param>
/// <param name="Connected">Whether it is connected now.</param>
/// <param name="Listener">Listener; empty when not connected.</param>
/// <param name="RemoteAddress">Address of the client; null when not connected.</param>
/// <param name="Since">When it connected, or when it left.</param>
/// <param name="KeepAlive">Keep Alive in force, seconds.</param>
/// <param name="SessionExpiry">Session Expiry Interval, seconds.</param>
/// <param name="Subscriptions">Number of subscriptions.</param>
/// <param name="Queued">Deliveries that wait.</param>
/// <param name="Inflight">Deliveries in flight.</param>
/// <param name="MessagesIn">PUBLISH packets read on this connection.</param>
/// <param name="MessagesOut">PUBLISH packets sent on this connection.</param>
/// <param name="Dropped">Deliveries dropped on this connection.</param>
public sealed record ConnectionInfo(
    string ClientId, string Principal, ProtocolVersion Version, bool Connected, string Listener, string? RemoteAddress,
    DateTimeOffset Since, ushort KeepAlive, uint SessionExpiry, int Subscriptions, int Queued, int Inflight, long MessagesIn,
    long MessagesOut, long Dropped);
