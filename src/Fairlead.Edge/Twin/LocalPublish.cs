namespace Fairlead.Edge.Twin;

/// <summary>A PUBLISH for the local broker: QoS 1, not retained.</summary>
/// <param name="Topic">Topic Name, such as <c>command///req//modified</c>.</param>
/// <param name="Payload">A Ditto envelope.</param>
internal sealed record LocalPublish(string Topic, ReadOnlyMemory<byte> Payload);
