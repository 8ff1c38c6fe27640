namespace Fairlead.Protocols.Mqtt;

/// <summary>Quality of Service of an Application Message (MQTT 5, section 4.3).</summary>
public enum QualityOfService : byte
{
    /// <summary>QoS 0: at most once.</summary>
    AtMostOnce = 0,

    /// <summary>QoS 1: at least once.</summary>
    AtLeastOnce = 1,

    /// <summary>QoS 2: exactly once.</summary>
    ExactlyOnce = 2,
}
