using System.Text.Json.Serialization;

namespace Fairlead.Features.Lifecycle;

/// <summary>A lifecycle event as it is published (spec/aws-messaging, sections 2.1 and 2.2). Members without a value are left out.</summary>
internal sealed record LifecycleDocument(string ClientId, string EventType, long Timestamp, string SessionIdentifier, string PrincipalIdentifier)
{
    /// <summary>Only when the certificate belongs to that thing alone.</summary>
    public string? ThingName { get; init; }

    public string? IpAddress { get; init; }

    public long? VersionNumber { get; init; }

    public bool? ClientInitiatedDisconnect { get; init; }

    public string? DisconnectReason { get; init; }

    public string? ConnectFailureReason { get; init; }

    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>Topic below <c>$aws/events/</c>.</summary>
    [JsonIgnore]
    public string Topic => EventType is "subscribed" or "unsubscribed"
        ? $"$aws/events/subscriptions/{EventType}/{ClientId}"
        : $"$aws/events/presence/{EventType}/{ClientId}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LifecycleDocument))]
[JsonSerializable(typeof(ClientEventListDocument))]
internal sealed partial class LifecycleJson : JsonSerializerContext;
