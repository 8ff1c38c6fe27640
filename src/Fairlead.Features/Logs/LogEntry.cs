using System.Text.Json.Serialization;

namespace Fairlead.Features.Logs;

/// <summary>
/// One structured event (spec/aws-messaging, section 5.2). Which fields it has depends on its type; those without a value are left out.
/// </summary>
/// <param name="EventType">Such as <c>Publish-In</c>.</param>
internal sealed record LogEntry([property: JsonPropertyOrder(-2)] string EventType)
{
    /// <summary><c>yyyy-MM-dd HH:mm:ss.fff</c>, UTC; set when it is written.</summary>
    [JsonPropertyOrder(-7)]
    public string? Timestamp { get; set; }

    /// <summary>Level: INFO for a success, ERROR for a failure, unless it says otherwise.</summary>
    [JsonPropertyOrder(-6)]
    public string LogLevel { get; init; } = "INFO";

    /// <summary>Id of the request or of this event.</summary>
    [JsonPropertyOrder(-5)]
    public string? TraceId { get; set; }

    [JsonPropertyOrder(-4)]
    public string? AccountId { get; set; }

    [JsonPropertyOrder(-3)]
    public string Status { get; init; } = "Success";

    /// <summary><c>MQTT</c> or <c>HTTP</c>.</summary>
    public string? Protocol { get; init; }

    public string? TopicName { get; init; }

    public string? ClientId { get; init; }

    public string? ThingName { get; init; }

    public string? PrincipalId { get; init; }

    public string? SourceIp { get; init; }

    public int? SourcePort { get; init; }

    public string? TargetIp { get; init; }

    public int? TargetPort { get; init; }

    /// <summary>When a PINGREQ was read.</summary>
    public string? RequestTimestamp { get; init; }

    /// <summary>When it was answered.</summary>
    public string? ResponseTimestamp { get; init; }

    /// <summary>Milliseconds between the two.</summary>
    public long? Latency { get; init; }

    public string? DeviceShadowName { get; init; }

    /// <summary><c>"True"</c> for a retained publication, as AWS writes it.</summary>
    public string? Retain { get; init; }

    /// <summary>A text, as AWS writes it.</summary>
    public string? Qos { get; init; }

    public string? LastModifiedDate { get; init; }

    public int? MaxResults { get; init; }

    public int? KeepAliveDuration { get; init; }

    public long? SessionExpiry { get; init; }

    public bool? CleanSession { get; init; }

    public bool? Confirmation { get; init; }

    public int? Timeout { get; init; }

    /// <summary>Version 5: what each filter was answered.</summary>
    public IReadOnlyList<LoggedSubscription>? Subscriptions { get; init; }

    public string? DisconnectReason { get; init; }

    public string? RuleName { get; init; }

    public string? RuleAction { get; init; }

    public string? DeviceCertificateId { get; init; }

    public string? ProvisioningTemplateName { get; init; }

    /// <summary>What an action was aimed at.</summary>
    public IReadOnlyDictionary<string, string>? Resources { get; init; }

    /// <summary>Log group of a message that a rule wrote.</summary>
    public string? LogGroupName { get; init; }

    /// <summary>The message that a rule wrote.</summary>
    public string? Message { get; init; }

    public string? AuthenticationType { get; init; }

    public string? ServerNameIndication { get; init; }

    /// <summary>Why it failed, in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? Details { get; init; }
}

/// <summary>A filter and its Reason Code.</summary>
internal sealed record LoggedSubscription(string TopicName, int ReasonCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
