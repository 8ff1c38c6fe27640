using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>A topic that notifications are published to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Topic(string Name, long CreatedAt)
{
    /// <summary>Name of the sender in mails; empty takes <see cref="Name"/>.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>How deliveries to HTTP endpoints are tried again, as it was given; null for the usual way.</summary>
    public string? DeliveryPolicy { get; init; }

    /// <summary>1: documents are signed over SHA-1; 2: over SHA-256.</summary>
    public int SignatureVersion { get; init; } = 2;

    /// <summary>Subscriptions that were there and are gone.</summary>
    public long SubscriptionsDeleted { get; init; }

    /// <summary>Tags by key.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What mails call it.</summary>
    [JsonIgnore]
    public string Title => DisplayName.Length > 0 ? DisplayName : Name;
}
