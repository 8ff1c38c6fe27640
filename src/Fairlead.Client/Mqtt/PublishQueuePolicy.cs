using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Client.Mqtt;

/// <summary>What <see cref="MqttClient.PublishAsync(PublishPacket, CancellationToken)"/> does when the publish queue is full.</summary>
public enum PublishQueuePolicy
{
    /// <summary>It waits for room.</summary>
    Wait,

    /// <summary>It throws an <see cref="MqttException"/> with <see cref="MqttFailure.QueueFull"/>.</summary>
    Reject,
}
