namespace Fairlead.Protocols.Mqtt;

/// <summary>When retained messages are sent on SUBSCRIBE (MQTT 5, section 3.8.3.1).</summary>
public enum RetainHandling : byte
{
    /// <summary>Send at every SUBSCRIBE.</summary>
    SendAtSubscribe = 0,

    /// <summary>Send only if the subscription did not exist.</summary>
    SendIfNew = 1,

    /// <summary>Never send at SUBSCRIBE.</summary>
    DoNotSend = 2,
}
