namespace Fairlead.Client.Mqtt;

/// <summary>Who acknowledges received QoS 1 and 2 messages.</summary>
public enum AcknowledgeMode
{
    /// <summary>
    /// The client: as <see cref="MqttClient.ReceiveAsync"/> hands the message over, or, in <see cref="MqttClient.ReceiveAllAsync"/>, as the loop asks
    /// for the next one.
    /// </summary>
    Automatic,

    /// <summary>The application, with <see cref="ReceivedMessage.Acknowledge"/>. Acknowledgments leave in the order of the messages [MQTT-4.6.0-2].</summary>
    Manual,
}
