namespace Fairlead.Gateway.Upstream;

/// <summary>A direct method called on a device (spec section 2.7).</summary>
/// <param name="CorrelationId">The hub's id of the call, as text.</param>
/// <param name="Name">Method.</param>
/// <param name="Payload">JSON, possibly <c>null</c> or empty.</param>
internal sealed record MethodCall(string CorrelationId, string Name, ReadOnlyMemory<byte> Payload);
