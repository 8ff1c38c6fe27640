namespace Fairlead.Broker;

/// <summary>Which rules the broker keeps.</summary>
public enum BrokerProfile
{
    /// <summary>Everything that MQTT 3.1.1 and 5 promise, MQTT 3.1 clients too.</summary>
    Standard,

    /// <summary>The limits and deviations of AWS IoT Core (spec/aws-messaging, section 1).</summary>
    Aws,
}
