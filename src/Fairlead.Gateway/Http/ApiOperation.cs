namespace Fairlead.Gateway.Http;

/// <summary>An operation of the API, for its description.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with parameters in braces.</param>
/// <param name="Summary">A sentence.</param>
/// <param name="Answers">Statuses with what they mean.</param>
internal sealed record ApiOperation(string Method, string Path, string Summary, IReadOnlyList<(int Status, string Meaning)> Answers)
{
    private static readonly (int, string)[] Hub =
    [
        (401, "The token is wrong, expired, or not for this device."), (403, "The device is disabled, or the quota is used up."), (404, "The hub does not know the device."),
        (429, "Too much; see Retry-After."), (503, "No connection to the hub, or the gateway stops; see Retry-After."),
    ];

    private static readonly (int, string)[] Unknown = [(504, "The hub has not settled in time: the outcome is unknown, a repetition may make two messages.")];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("post", "/api/{deviceId}", "Send a message; the body is JSON. The sample gateway's route.", [(200, "The hub has it."), (400, "No body, or neither token nor policy mode."), (413, "Too large."), .. Hub, .. Unknown]),
        new("post", "/api/{deviceId}/messages/events", "Send a message with any body, content type and iothub-* headers; Idempotency-Key makes repetitions safe.", [(204, "The hub has it."), (413, "Too large."), .. Hub, .. Unknown]),
        new("post", "/api/{deviceId}/messages/events/batch", "Send up to 500 messages as a JSON array or as lines of JSON.", [(200, "The hub has all of them."), (207, "The outcome of each is in results."), (400, "Not a batch."), .. Hub]),
        new("get", "/api/{deviceId}/messages/devicebound", "Wait up to ?wait= seconds for a cloud-to-device message.", [(200, "A message; ETag is its lock."), (204, "None came."), .. Hub]),
        new("delete", "/api/{deviceId}/messages/devicebound/{lock}", "Complete a message, or reject it with ?reject.", [(204, "Done."), (412, "The lock is gone; the message comes again."), .. Hub]),
        new("post", "/api/{deviceId}/messages/devicebound/{lock}/abandon", "Give a message back to the hub.", [(204, "Done."), (412, "The lock is gone."), .. Hub]),
        new("get", "/api/{deviceId}/stream", "Messages, methods and desired properties as server-sent events or over a WebSocket; ?kinds= chooses, ?ack=auto completes messages.", [(200, "A stream of events message, method, desired and end."), (101, "A WebSocket."), .. Hub]),
        new("put", "/api/{deviceId}/webhook", "Register a webhook: url, secret, kinds.", [(204, "Registered."), (400, "The URL may not be reached."), .. Hub]),
        new("get", "/api/{deviceId}/webhook", "Show the webhook without its secret.", [(200, "The webhook."), .. Hub]),
        new("delete", "/api/{deviceId}/webhook", "Take the webhook away.", [(204, "Done."), .. Hub]),
        new("get", "/api/{deviceId}/methods", "Wait up to ?wait= seconds for a direct method.", [(200, "A call: rid, name, payload."), (204, "None came."), .. Hub]),
        new("post", "/api/{deviceId}/methods/{rid}/response", "Answer a direct method: status, payload.", [(204, "The hub has it."), .. Hub]),
        new("get", "/api/{deviceId}/twin", "Read desired and reported properties.", [(200, "The twin."), .. Hub]),
        new("patch", "/api/{deviceId}/twin/reported", "Change reported properties by a JSON merge patch; If-Match guards their version.", [(200, "The new version."), (400, "Not an object."), (412, "Another version is current."), .. Hub]),
        new("get", "/health/live", "Whether the process serves.", [(200, "It does.")]),
        new("get", "/health/ready", "Whether the hub is connected and the gateway does not stop.", [(200, "Ready."), (503, "Not ready.")]),
        new("get", "/metrics", "Metrics in Prometheus' text format.", [(200, "Metrics.")]),
        new("get", "/status", "What the gateway holds now.", [(200, "Figures.")]),
    ];
}
