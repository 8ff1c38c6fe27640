namespace Fairlead.Edge.Twin;

/// <summary>A shadow request for the hub: QoS 1, not retained. The link gives the same instance back with its PUBACK.</summary>
/// <param name="Topic">Topic Name, such as <c>$aws/things/D/shadow/name/F/update</c>.</param>
/// <param name="Payload">Request document; empty for a get or delete without a token.</param>
internal sealed record ShadowPublish(string Topic, ReadOnlyMemory<byte> Payload);
