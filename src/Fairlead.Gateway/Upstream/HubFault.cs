using System.Text.Json;

namespace Fairlead.Gateway.Upstream;

/// <summary>What went wrong at the hub or on the way to it.</summary>
/// <param name="Kind">Class.</param>
/// <param name="Condition">AMQP error condition, or a word of ours.</param>
/// <param name="Message">A sentence.</param>
internal sealed record HubFault(HubFaultKind Kind, string Condition, string Message)
{
    /// <summary>Numeric code of the hub, such as 404001; 0 when it gave none.</summary>
    public int Code { get; init; }

    /// <summary>The hub's tracking id; null when it gave none.</summary>
    public string? TrackingId { get; init; }

    /// <summary>Whether the hub may have taken the message nevertheless: a repetition may make two of it.</summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>When to try again; null for the default of the class.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>There is no connection now.</summary>
    public static HubFault NoConnection(string why, TimeSpan? retryAfter = null) =>
        new(HubFaultKind.Unavailable, "unavailable", why) { RetryAfter = retryAfter };

    /// <summary>A connection or link went away under a message: nobody knows whether the hub has it.</summary>
    public static HubFault Lost(string why) => new(HubFaultKind.Unavailable, "connection-lost", why) { OutcomeUnknown = true };

    /// <summary>No answer in time.</summary>
    /// <param name="what">What was waited for.</param>
    /// <param name="unknown">Whether the hub may have done it.</param>
    public static HubFault Late(string what, bool unknown) => new(HubFaultKind.TimedOut, "timeout", what) { OutcomeUnknown = unknown };

    /// <summary>A limit of the gateway.</summary>
    public static HubFault Limit(string what) => new(HubFaultKind.Throttled, "limit", what);

    /// <summary>Makes a fault of an AMQP error: the condition says what it is, a JSON description has code and tracking id (spec section 2.9).</summary>
    public static HubFault From(string condition, string? description)
    {
        var fault = new HubFault(KindOf(condition), condition, string.IsNullOrEmpty(description) ? condition : description);
        if (description is null || !description.StartsWith('{')) return fault;
        try
        {
            using var json = JsonDocument.Parse(description);
            var root = json.RootElement;
            int code = root.TryGetProperty("errorCode", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out int value) ? value : 0;
            return fault with
            {
                Code = code,
                Kind = KindOf(code) ?? fault.Kind,
                Message = Text(root, "message") ?? fault.Message,
                TrackingId = Text(root, "trackingId"),
            };
        }
        catch (JsonException)
        {
            return fault;
        }

        static string? Text(JsonElement root, string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>Makes a fault of a status such as CBS and twins answer; null for success.</summary>
    public static HubFault? FromStatus(int status, string? description)
    {
        if (status is >= 200 and < 300) return null;
        var kind = status switch
        {
            400 => HubFaultKind.Refused,
            401 => HubFaultKind.Unauthorised,
            403 => HubFaultKind.Forbidden,
            404 => HubFaultKind.NotFound,
            408 or 504 => HubFaultKind.TimedOut,
            412 => HubFaultKind.Precondition,
            413 => HubFaultKind.TooLarge,
            429 => HubFaultKind.Throttled,
            _ => HubFaultKind.Unavailable,
        };
        var fault = From($"status-{status}", description);
        return fault.Code != 0 && KindOf(fault.Code) is not null ? fault : fault with { Kind = kind };
    }

    private static HubFaultKind? KindOf(int code) => code switch
    {
        >= 401_000 and < 402_000 => HubFaultKind.Unauthorised,
        403_002 or 403_004 or 403_005 => HubFaultKind.QuotaExceeded,
        >= 403_000 and < 404_000 => HubFaultKind.Forbidden,
        >= 404_000 and < 405_000 => HubFaultKind.NotFound,
        412_002 => HubFaultKind.LockLost,
        >= 412_000 and < 413_000 => HubFaultKind.Precondition,
        >= 413_000 and < 414_000 => HubFaultKind.TooLarge,
        >= 429_000 and < 430_000 => HubFaultKind.Throttled,
        _ => null,
    };

    private static HubFaultKind KindOf(string condition) => condition switch
    {
        "amqp:unauthorized-access" => HubFaultKind.Unauthorised,
        "amqp:not-found" or "com.microsoft:iot-hub-not-found-error" => HubFaultKind.NotFound,
        "amqp:link:message-size-exceeded" => HubFaultKind.TooLarge,
        "com.microsoft:device-container-throttled" => HubFaultKind.Throttled,
        "amqp:resource-limit-exceeded" or "com.microsoft:quota-exceeded" => HubFaultKind.QuotaExceeded,
        "com.microsoft:iot-hub-suspended" => HubFaultKind.Forbidden,
        "com.microsoft:message-lock-lost" => HubFaultKind.LockLost,
        "com.microsoft:precondition-failed" => HubFaultKind.Precondition,
        "amqp:link:stolen" or "amqp:resource-locked" => HubFaultKind.Stolen,
        "com.microsoft:timeout" => HubFaultKind.TimedOut,
        "amqp:not-allowed" or "amqp:not-implemented" or "amqp:invalid-field" or "amqp:decode-error" or "com.microsoft:argument-error" or "com.microsoft:argument-out-of-range" => HubFaultKind.Refused,
        _ => HubFaultKind.Unavailable,
    };
}
