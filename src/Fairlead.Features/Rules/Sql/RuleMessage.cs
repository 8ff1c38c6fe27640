namespace Fairlead.Features.Rules.Sql;

/// <summary>What a rule sees of a message (spec/aws-rules, section 5.4). Immutable; it owns its bytes.</summary>
internal sealed class RuleMessage
{
    /// <summary>Client Identifier of messages that came by no MQTT connection.</summary>
    public const string NoClient = "n/a";

    /// <summary>Topic Name; without <c>$aws/rules/NAME/</c> when it came by basic ingest.</summary>
    public required string Topic { get; init; }

    /// <summary>Payload as received.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Client Identifier of the publisher, or <see cref="NoClient"/>.</summary>
    public string ClientId { get; init; } = NoClient;

    /// <summary>Certificate id, user id or role session of the publisher; null when there is none.</summary>
    public string? PrincipalId { get; init; }

    /// <summary>Address of the publisher; null when the message did not come from outside.</summary>
    public string? SourceIp { get; init; }

    /// <summary>Trace id (UUID) of the message; null when it was not published over MQTT.</summary>
    public string? TraceId { get; init; }

    /// <summary>Content Type of MQTT 5.</summary>
    public string? ContentType { get; init; }

    /// <summary>Payload Format Indicator of MQTT 5: 0 unspecified bytes, 1 UTF-8.</summary>
    public byte? FormatIndicator { get; init; }

    /// <summary>Response Topic of MQTT 5.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Correlation Data of MQTT 5.</summary>
    public ReadOnlyMemory<byte>? CorrelationData { get; init; }

    /// <summary>User Properties of MQTT 5 in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserProperties { get; init; } = [];

    /// <summary>How many times the message has been republished by a rule: 0 from a client.</summary>
    public int Hops { get; init; }
}
