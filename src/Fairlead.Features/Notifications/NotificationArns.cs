using System.Buffers;

namespace Fairlead.Features.Notifications;

/// <summary>ARNs of topics, <c>arn:aws:sns:REGION:ACCOUNT:NAME</c>, and of subscriptions, the same with <c>:UUID</c> behind it.</summary>
internal sealed class NotificationArns(HubScope scope)
{
    private const int LongestName = 256;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>Account that owns everything.</summary>
    public string Owner => scope.AccountId;

    /// <summary>Whether a topic may have this name.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>ARN of a topic.</summary>
    public string OfTopic(string name) => $"arn:{scope.Partition}:sns:{scope.Region}:{scope.AccountId}:{name}";

    /// <summary>ARN of a subscription.</summary>
    public string Of(Topics.Subscription subscription) => $"{OfTopic(subscription.Topic)}:{subscription.Id}";

    /// <summary>Name of the topic in an ARN.</summary>
    /// <param name="arn">What the caller gave.</param>
    /// <param name="member">Name of the parameter, for the refusal.</param>
    /// <exception cref="NotificationException">400: no ARN of a topic. 404: one of another account or region.</exception>
    public string TopicOf(string arn, string member = "TopicArn")
    {
        var fields = arn.Split(':');
        if (fields.Length != 6 || !IsArn(fields) || !IsName(fields[5])) throw NotificationException.Invalid($"{member} must be the ARN of a topic");
        return IsOurs(fields) ? fields[5] : throw NotificationException.NoTopic();
    }

    /// <summary>Key of the subscription in an ARN, as <see cref="Topics.Subscription.Key"/> writes it.</summary>
    /// <exception cref="NotificationException">400: no ARN of a subscription. 404: one of another account or region.</exception>
    public string SubscriptionOf(string arn)
    {
        var fields = arn.Split(':');
        if (fields.Length != 7 || !IsArn(fields) || !IsName(fields[5]) || !Guid.TryParseExact(fields[6], "D", out _))
            throw NotificationException.Invalid("SubscriptionArn must be the ARN of a subscription");
        return IsOurs(fields) ? $"{fields[5]}:{fields[6]}" : throw NotificationException.NoSubscription();
    }

    private static bool IsArn(string[] fields) => fields[0] == "arn" && fields[2] == "sns";

    private bool IsOurs(string[] fields) =>
        scope.IgnoreArnScope || (fields[1] == scope.Partition && fields[3] == scope.Region && fields[4] == scope.AccountId);
}
