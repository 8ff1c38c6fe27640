namespace Fairlead.Gateway.Upstream;

/// <summary>What became of a cloud-to-device message (spec section 2.6).</summary>
internal enum MessageOutcome
{
    /// <summary>The device has it: AMQP accepted.</summary>
    Complete,

    /// <summary>The device will never take it: AMQP rejected; the hub dead-letters it.</summary>
    Reject,

    /// <summary>Not now: AMQP released; the hub delivers it again.</summary>
    Abandon,
}
