using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Http;

/// <summary>HTTP status of what a hub says (spec section 9.3).</summary>
internal static class StatusMap
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>The status.</summary>
    public static int StatusOf(HubFault fault) => fault.Kind switch
    {
        HubFaultKind.Unauthorised => 401,
        HubFaultKind.Forbidden => 403,
        HubFaultKind.NotFound => 404,
        HubFaultKind.TooLarge => 413,
        HubFaultKind.Throttled => 429,
        HubFaultKind.QuotaExceeded => 403,
        HubFaultKind.LockLost or HubFaultKind.Precondition => 412,
        HubFaultKind.TimedOut => fault.OutcomeUnknown ? 504 : 503,
        HubFaultKind.Refused => 400,
        _ => 503,
    };

    /// <summary>When to try again; null when that is no use.</summary>
    public static TimeSpan? RetryAfter(HubFault fault) =>
        StatusOf(fault) is 429 or 503 or 504 ? fault.RetryAfter ?? Soon : null;

    /// <summary>Name of the class for programs.</summary>
    public static string NameOf(HubFault fault) => fault.Kind switch
    {
        HubFaultKind.Unauthorised => "Unauthorized",
        HubFaultKind.Forbidden => "Forbidden",
        HubFaultKind.NotFound => "NotFound",
        HubFaultKind.TooLarge => "MessageTooLarge",
        HubFaultKind.Throttled => "Throttled",
        HubFaultKind.QuotaExceeded => "QuotaExceeded",
        HubFaultKind.LockLost => "LockLost",
        HubFaultKind.Precondition => "PreconditionFailed",
        HubFaultKind.TimedOut => fault.OutcomeUnknown ? "OutcomeUnknown" : "NotInTime",
        HubFaultKind.Stolen => "Moved",
        HubFaultKind.Refused => "Refused",
        _ => fault.OutcomeUnknown ? "ConnectionLost" : "Unavailable",
    };
}
