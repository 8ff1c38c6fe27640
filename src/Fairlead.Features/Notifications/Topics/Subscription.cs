using System.Text.Json.Serialization;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>A subscription of an endpoint to a topic.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Id">UUID.</param>
/// <param name="Protocol">Such as <c>email</c>.</param>
/// <param name="Endpoint">Mail address, URL, or name of a function.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Subscription(string Topic, string Id, Protocol Protocol, string Endpoint, long CreatedAt)
{
    /// <summary>Whether its owner wants it. Nothing is delivered before.</summary>
    public bool IsConfirmed { get; init; }

    /// <summary>Secret that confirms; null when none was needed, or once it has expired.</summary>
    public string? Token { get; init; }

    /// <summary>End of the token's life, milliseconds since the Unix epoch.</summary>
    public long TokenExpires { get; init; }

    /// <summary>Whether it was confirmed by a signed request.</summary>
    public bool WasAuthenticated { get; init; }

    /// <summary>Whether ending it takes a signed request.</summary>
    public bool AuthenticateOnUnsubscribe { get; init; }

    /// <summary>Whether messages are delivered bare, without the document around them.</summary>
    public bool IsRaw { get; init; }

    /// <summary>Which messages are wanted, as it was given; null for all.</summary>
    public string? FilterPolicy { get; init; }

    /// <summary>Whether <see cref="FilterPolicy"/> looks into the body instead of the attributes.</summary>
    public bool FiltersBody { get; init; }

    /// <summary>How deliveries are tried again, as it was given; null for the topic's way.</summary>
    public string? DeliveryPolicy { get; init; }

    /// <summary>Key in the table. Names of topics contain no colon, so that a topic's subscriptions lie together.</summary>
    [JsonIgnore]
    public string Key => $"{Topic}:{Id}";
}
