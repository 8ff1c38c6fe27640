namespace Fairlead.Shared;

/// <summary>The Will of a CONNECT.</summary>
public sealed record RawWill(string Topic, string Payload, int QoS = 0, bool Retain = false, RawProperties? Properties = null);
