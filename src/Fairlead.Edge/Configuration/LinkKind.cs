namespace Fairlead.Edge.Configuration;

/// <summary>What is at the other end of a link (spec section 18).</summary>
internal enum LinkKind
{
    /// <summary>AWS IoT Core or a hub that behaves like it.</summary>
    Aws,

    /// <summary>Eclipse Hono's MQTT adapter.</summary>
    Hono,

    /// <summary>Azure IoT Hub.</summary>
    Azure,

    /// <summary>Any MQTT server, by templates.</summary>
    GenericMqtt,
}
