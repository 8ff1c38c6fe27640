namespace Fairlead.Broker.Diagnostics;

/// <summary>Why a delivery did not happen; the <c>reason</c> label of <c>fairlead_mqtt_dropped_total</c>.</summary>
public enum DropReason
{
    /// <summary>The Session's queue was full: <c>queue_full</c>.</summary>
    QueueFull,

    /// <summary>QoS 0 and the connection was congested: <c>congested</c>.</summary>
    Congested,

    /// <summary>The Message Expiry Interval had passed: <c>expired</c>.</summary>
    Expired,

    /// <summary>Larger than the client's Maximum Packet Size: <c>too_large</c>.</summary>
    TooLarge,

    /// <summary>Receiving was not authorized: <c>refused</c>.</summary>
    Refused,

    /// <summary>No member of a shared group could take it: <c>no_member</c>.</summary>
    NoMember,

    /// <summary>The store could not keep it: <c>store</c>.</summary>
    Store,

    /// <summary>The retained store was full: <c>retained_full</c>.</summary>
    RetainedFull,

    /// <summary>Not acknowledged within the in-flight life (profile aws): <c>unacknowledged</c>.</summary>
    Unacknowledged,

    /// <summary>More messages on the connection than allowed in a second: <c>rate_exceeded</c>.</summary>
    RateExceeded,
}
