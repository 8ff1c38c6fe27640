using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>A received QoS 1 or 2 message between its PUBLISH and the end of its acknowledgment.</summary>
internal sealed class InboundDelivery
{
    public required ushort PacketId { get; init; }

    public required QualityOfService QoS { get; init; }

    /// <summary>The application is done with it.</summary>
    public bool Acknowledged { get; set; }

    /// <summary>What the acknowledgment says.</summary>
    public ReasonCode ReasonCode { get; set; }

    /// <summary>It waits in the list of acknowledgments of the connection of now.</summary>
    public bool Listed { get; set; }
}
