using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Configuration;

/// <summary>One entry of <c>mappings</c> as it was written.</summary>
/// <param name="From">Topic Filter.</param>
/// <param name="To">Topic with <c>$1</c>, <c>$2</c>, ... for what the wildcards matched.</param>
/// <param name="Outbound">From the local broker to the remote endpoint; else the other way.</param>
/// <param name="QoS">Highest QoS.</param>
internal sealed record TopicMapping(string From, string To, bool Outbound, QualityOfService QoS);
