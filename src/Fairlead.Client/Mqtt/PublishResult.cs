using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt;

/// <summary>What became of a publication that was not refused.</summary>
/// <param name="ReasonCode">Success or No matching subscribers; for QoS 0 always Success, because nobody answers.</param>
/// <param name="ReasonString">Reason String of the Server, or null.</param>
/// <param name="PacketId">Packet Identifier it was sent with; 0 for QoS 0.</param>
public readonly record struct PublishResult(ReasonCode ReasonCode, string? ReasonString = null, ushort PacketId = 0);
