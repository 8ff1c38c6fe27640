using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>What a message tells its receiver.</summary>
internal enum MessageKind
{
    /// <summary>Something was published.</summary>
    Notification,

    /// <summary>Somebody subscribed the receiver: does it want that?</summary>
    SubscriptionConfirmation,
}

/// <summary>A message that is on its way. Kept until the last of its deliveries is done.</summary>
/// <param name="Id">Message id, a UUID.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Body">Text for every protocol that has no text of its own.</param>
/// <param name="At">When it was published, milliseconds since the Unix epoch.</param>
internal sealed record PendingMessage(string Id, MessageKind Kind, string Topic, string Body, long At)
{
    /// <summary>Subject; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Texts of protocols by name; null for none.</summary>
    public ImmutableDictionary<string, string>? Bodies { get; init; }

    /// <summary>Attributes of the message.</summary>
    public ImmutableArray<MessageAttribute> Attributes { get; init; } = [];

    /// <summary>A request to confirm.</summary>
    public static PendingMessage Confirmation(Subscription subscription, long now) =>
        new(Guid.NewGuid().ToString(), MessageKind.SubscriptionConfirmation, subscription.Topic, "", now);

    /// <summary>Text for a protocol.</summary>
    public string BodyFor(Protocol protocol) => Bodies is not null && Bodies.TryGetValue(protocol.Name(), out var own) ? own : Body;

    /// <summary>Bytes that it takes, about.</summary>
    [JsonIgnore]
    public long Size => 256L + NotificationText.Bytes(Body) + (Bodies?.Sum(static one => (long)NotificationText.Bytes(one.Value)) ?? 0) +
        Attributes.Sum(static one => (long)NotificationText.Bytes(one.Value) + one.Name.Length);
}

/// <summary>An attribute of a message.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type"><c>String</c>, <c>String.Array</c>, <c>Number</c> or <c>Binary</c>.</param>
/// <param name="Value">Text; Base64 for <c>Binary</c>.</param>
internal sealed record MessageAttribute(string Name, string Type, string Value);

/// <summary>A message that has not reached one of its subscriptions.</summary>
/// <param name="MessageId">Id of the message.</param>
/// <param name="Subscription">Key of the subscription.</param>
internal sealed record PendingDelivery(string MessageId, string Subscription);

/// <summary>How they lie in the store. Members may be added; none may change its meaning.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PendingMessage))]
[JsonSerializable(typeof(PendingDelivery))]
internal sealed partial class PendingJson : JsonSerializerContext;
