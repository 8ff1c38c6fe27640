using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt;

/// <summary>Answer to a SUBSCRIBE or UNSUBSCRIBE of which nothing was refused.</summary>
/// <param name="ReasonCodes">One Reason Code for each Topic Filter, in order. Empty for UNSUBSCRIBE in 3.x.</param>
/// <param name="ReasonString">Reason String of the Server, or null.</param>
public sealed record SubscribeResult(IReadOnlyList<ReasonCode> ReasonCodes, string? ReasonString = null);
