namespace Fairlead.Gateway.Upstream;

/// <summary>Why a hub did not do what it was asked to; <c>Http/StatusMap</c> has the HTTP status of each (spec section 9.3).</summary>
internal enum HubFaultKind
{
    /// <summary>The credential is not accepted.</summary>
    Unauthorised,

    /// <summary>The credential is good, but what it asks for is not allowed, or the device is disabled.</summary>
    Forbidden,

    /// <summary>The hub does not know the device.</summary>
    NotFound,

    /// <summary>The message is too large for the hub.</summary>
    TooLarge,

    /// <summary>The hub or a limit of the gateway asks to slow down.</summary>
    Throttled,

    /// <summary>The quota of the hub or of the device is used up.</summary>
    QuotaExceeded,

    /// <summary>The message is not locked any more.</summary>
    LockLost,

    /// <summary>A version that was given as a condition is not the current one.</summary>
    Precondition,

    /// <summary>There is no connection or link, or it went away.</summary>
    Unavailable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>Another connection took the link.</summary>
    Stolen,

    /// <summary>The hub says that the request is wrong.</summary>
    Refused,
}
