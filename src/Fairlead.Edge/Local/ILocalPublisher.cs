using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Local;

/// <summary>Publishes to local applications.</summary>
internal interface ILocalPublisher
{
    /// <summary>
    /// Publishes a message, never retained. QoS 1 completes when the local broker has it, however long that takes; QoS 0 is lost when
    /// there is no connection. Calls keep their order.
    /// </summary>
    Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, QualityOfService qos, CancellationToken cancellationToken);
}
