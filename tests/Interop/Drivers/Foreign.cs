namespace Fairlead.Interop.Drivers;

/// <summary>The client libraries that a driver script makes usable from here.</summary>
public enum Foreign
{
    /// <summary>Eclipse Paho for Python.</summary>
    Paho,

    /// <summary>MQTT.js.</summary>
    MqttJs,

    /// <summary>The device SDK of AWS for JavaScript, on its native runtime.</summary>
    AwsSdk,
}
