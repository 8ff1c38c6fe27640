namespace Fairlead.Features.Notifications;

/// <summary>
/// A refusal of the notification service (spec/aws-rules, section 10.2). Codes and statuses are those of the service model: SDKs make
/// typed exceptions of the code.
/// </summary>
internal sealed class NotificationException(int status, string code, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Code in the error document, such as <c>InvalidParameter</c>.</summary>
    public string Code { get; } = code;

    /// <summary>Whether the fault is the caller's.</summary>
    public bool IsSender => Status < 500;

    /// <summary>400: a parameter is missing, malformed or out of range.</summary>
    /// <param name="what">The parameter, and what it must be.</param>
    public static NotificationException Invalid(string what) => new(400, "InvalidParameter", $"Invalid parameter: {what}");

    /// <summary>404.</summary>
    public static NotificationException NotFound(string message) => new(404, "NotFound", message);

    /// <summary>404 of a topic.</summary>
    public static NotificationException NoTopic() => NotFound("Topic does not exist");

    /// <summary>404 of a subscription.</summary>
    public static NotificationException NoSubscription() => NotFound("Subscription does not exist");

    /// <summary>403.</summary>
    public static NotificationException Denied(string message) => new(403, "AuthorizationError", message);
}
