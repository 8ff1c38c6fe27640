using Fairlead.Broker.Extensions;

namespace Fairlead.Features.DirectMessages;

/// <summary>What became of a call of SendDirectMessage (spec/aws-messaging, section 3.7).</summary>
internal enum DirectReason
{
    Success,
    MalformedClientId,
    InvalidTopic,
    InvalidTimeout,
    InvalidConfirmation,
    InvalidInput,
    PayloadTooLarge,
    SenderDenied,
    SendThrottled,
    UnknownClient,
    NotConnected,
    ReceiveDenied,
    ReceiverThrottled,
    WindowFull,
    TooLargeForReceiver,
    NotWritable,
    Timeout,
    Disconnected,
    SenderGone,
    InternalError,
}

/// <summary>Status, names and words of each outcome.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">Exception shape; null for a success.</param>
/// <param name="LogReason">Reason in the log; null where AWS writes none.</param>
/// <param name="Result">Label of the metric.</param>
/// <param name="Message">Text of the answer.</param>
internal sealed record DirectAnswer(int Status, string? Type, string? LogReason, string Result, string Message)
{
    private const string Invalid = "InvalidRequestException";
    private const string Throttling = "ThrottlingException";
    private static readonly DirectAnswer[] All = [.. Enum.GetValues<DirectReason>().Select(Make)];

    /// <summary>The answer of an outcome.</summary>
    public static DirectAnswer Of(DirectReason reason) => All[(int)reason];

    /// <summary>The outcome of what the broker did.</summary>
    public static DirectReason ReasonOf(DirectResult result) => result switch
    {
        DirectResult.Sent or DirectResult.Acknowledged => DirectReason.Success,
        DirectResult.UnknownClient => DirectReason.UnknownClient,
        DirectResult.NotConnected => DirectReason.NotConnected,
        DirectResult.ReceiveDenied => DirectReason.ReceiveDenied,
        DirectResult.RateExceeded => DirectReason.ReceiverThrottled,
        DirectResult.WindowFull => DirectReason.WindowFull,
        DirectResult.NotWritable => DirectReason.NotWritable,
        DirectResult.TooLarge => DirectReason.TooLargeForReceiver,
        DirectResult.Disconnected => DirectReason.Disconnected,
        _ => DirectReason.InternalError,
    };

    private static DirectAnswer Make(DirectReason reason) => reason switch
    {
        DirectReason.Success => new(200, null, null, "success", "OK"),
        DirectReason.MalformedClientId => new(400, Invalid, "MALFORMED_CLIENTID", "client_error", "The client ID has 1 to 128 characters and does not start with $"),
        DirectReason.InvalidTopic => new(
            400, Invalid, "INVALID_TOPIC", "client_error", "The topic is needed: at most 256 bytes and 8 levels, no wildcards, not starting with $"),
        DirectReason.InvalidTimeout => new(400, Invalid, "INVALID_TIMEOUT_PARAMETER", "client_error", "The timeout must be a whole number of seconds from 1 to 15"),
        DirectReason.InvalidConfirmation => new(400, Invalid, "INVALID_CONFIRMATION_PARAMETER", "client_error", "confirmation must be true or false"),
        DirectReason.InvalidInput => new(400, Invalid, "INVALID_REQUEST", "client_error", "A parameter or header is malformed"),
        DirectReason.PayloadTooLarge => new(413, "RequestEntityTooLargeException", "PAYLOAD_TOO_LARGE", "client_error", "The payload is larger than 128 KB"),
        DirectReason.SenderDenied => new(403, "ForbiddenException", "AUTHORIZATION_FAILURE", "auth_error", "Forbidden"),
        DirectReason.SendThrottled => new(429, Throttling, "SEND_DIRECT_MESSAGE_THROTTLED", "throttle", "Too many direct messages in this second"),
        DirectReason.UnknownClient => new(404, "ResourceNotFoundException", "TARGET_CLIENT_ID_NOT_FOUND", "not_connected", "The target client ID is not known"),
        // Clients compare this text.
        DirectReason.NotConnected => new(
            404, "ResourceNotFoundException", "TARGET_CLIENT_NOT_CONNECTED", "not_connected",
            "The target client ID is not connected, but it has an active persistent session"),
        DirectReason.ReceiveDenied => new(403, "ForbiddenException", "RECEIVE_AUTHORIZATION_FAILURE", "auth_error", "The target client {0} may not receive on this topic"),
        DirectReason.ReceiverThrottled => new(429, Throttling, "RECEIVE_SESSION_THROTTLED", "throttle", "The target client has had its messages of this second"),
        DirectReason.WindowFull => new(
            429, Throttling, "RECEIVER_MAX_UNACKED_QOS1_EXCEEDED", "throttle", "The target client has too many messages that it has not acknowledged"),
        DirectReason.TooLargeForReceiver => new(
            413, "RequestEntityTooLargeException", "PAYLOAD_TOO_LARGE", "client_error", "The message is larger than the target client's Maximum Packet Size"),
        DirectReason.NotWritable => new(500, "InternalFailureException", "CLIENT_ENDPOINT_NOT_WRITABLE", "server_error", "The target client does not read what is sent to it"),
        DirectReason.Timeout => new(504, "GatewayTimeoutException", "DELIVERY_CONFIRMATION_TIMEOUT", "timeout", "The target client has not acknowledged in time; it may have the message"),
        DirectReason.Disconnected => new(
            504, "GatewayTimeoutException", "DELIVERY_CONFIRMATION_TIMEOUT", "timeout", "The target client disconnected before it acknowledged; it may have the message"),
        DirectReason.SenderGone => new(504, "GatewayTimeoutException", "DELIVERY_CONFIRMATION_SENDER_DISCONNECT", "sender_gone", "The sender has gone"),
        _ => new(500, "InternalFailureException", "INTERNAL_SERVER_ERROR", "server_error", "The hub failed: see its log"),
    };
}
