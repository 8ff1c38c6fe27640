namespace Fairlead.Client.Mqtt;

/// <summary>
/// What happens to a QoS 0 message when the receive queue is full. QoS 1 and 2 messages are never dropped: in MQTT 5 the Receive Maximum
/// bounds them, in 3.x reading pauses until there is room.
/// </summary>
public enum ReceiveQueuePolicy
{
    /// <summary>The oldest waiting QoS 0 message is dropped and counted.</summary>
    DropOldest,

    /// <summary>The new message is dropped and counted.</summary>
    DropNewest,

    /// <summary>
    /// Reading from the network pauses, which slows the Server down. Acknowledgments are not read meanwhile: do not wait for a publication in the
    /// loop that takes messages.
    /// </summary>
    Wait,
}
