using System.Security.Cryptography;
using Fairlead.Features.Documents;
using Fairlead.Features.Functions;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Filters;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>
/// The rules about subscriptions (spec/aws-rules, sections 10.2 and 10.3). All methods are called under <see cref="DocumentStore.Gate"/>
/// and commit nothing; what they tell subscribers starts on its way once the caller has committed.
/// </summary>
internal sealed class SubscriptionService(
    FeatureContext context, TopicTables tables, NotificationArns arns, DeliveryQueue deliveries, FunctionDirectory functions, NotificationOptions options)
{
    private const int MostSubscriptions = 100_000;
    private const int TokenBytes = 48;
    private static readonly string[] Readable = ["PendingConfirmation", "Owner", "Protocol", "Endpoint", "TopicArn", "SubscriptionArn", "ConfirmationWasAuthenticated"];

    /// <summary>Makes a subscription, or finds the one of the same endpoint; asks for its confirmation as long as it has none.</summary>
    /// <param name="topic">Name of the topic.</param>
    /// <param name="protocol">Name of the protocol.</param>
    /// <param name="endpoint">Endpoint.</param>
    /// <param name="attributes">Attributes; those of a subscription that is there must be the same.</param>
    public Subscription Subscribe(string topic, string protocol, string? endpoint, IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        var kind = ProtocolNames.Parse(protocol);
        if (tables.Topics.Find(topic) is null) throw NotificationException.NoTopic();
        endpoint = NotificationText.Endpoint(kind, endpoint);
        if (kind == Protocol.Lambda && !functions.TryResolve(endpoint, out _, out var problem)) throw NotificationException.Invalid($"Endpoint: {problem}");
        var present = tables.FindByEndpoint(topic, kind, endpoint);
        var subscription = present ?? new Subscription(topic, Guid.NewGuid().ToString(), kind, endpoint, context.Now);
        // What a policy means depends on its scope, which therefore comes first.
        foreach (var (name, value) in attributes.OrderBy(static one => one.Key != "FilterPolicyScope")) subscription = With(subscription, name, value);
        if (present is not null && present != subscription)
            throw NotificationException.Invalid("Attributes Reason: Subscription already exists with different attributes");
        if (present is null && tables.Subscriptions.Count >= MostSubscriptions)
            throw new NotificationException(403, "SubscriptionLimitExceeded", $"this hub has {MostSubscriptions} subscriptions already");
        if (subscription.IsConfirmed) return subscription;
        // A function belongs to whoever runs the hub: nobody else has to be asked.
        if (kind == Protocol.Lambda) subscription = subscription with { IsConfirmed = true, WasAuthenticated = true };
        else subscription = WithToken(subscription);
        context.Documents.InOne(() =>
        {
            tables.Subscriptions.Save(subscription.Key, subscription);
            if (!subscription.IsConfirmed) deliveries.Add(PendingMessage.Confirmation(subscription, context.Now), [subscription]);
        });
        return subscription;
    }

    /// <summary>Confirms the subscription of a token. A second time it changes nothing.</summary>
    /// <param name="topic">Topic that the caller names.</param>
    /// <param name="token">Token.</param>
    /// <param name="isSigned">Whether the request was signed.</param>
    /// <param name="authenticateOnUnsubscribe">Whether ending it shall take a signed request.</param>
    public Subscription Confirm(string topic, string token, bool isSigned, bool authenticateOnUnsubscribe)
    {
        if (tables.Topics.Find(topic) is null) throw NotificationException.NoTopic();
        var subscription = FindByToken(topic, token) ?? throw NotificationException.Invalid("Token");
        if (authenticateOnUnsubscribe && !isSigned) throw NotificationException.Denied("AuthenticateOnUnsubscribe takes a signed request");
        if (subscription.IsConfirmed) return subscription;
        subscription = subscription with { IsConfirmed = true, WasAuthenticated = isSigned, AuthenticateOnUnsubscribe = authenticateOnUnsubscribe };
        tables.Subscriptions.Save(subscription.Key, subscription);
        return subscription;
    }

    /// <summary>The subscription that a token confirms; null when the token is unknown, of another topic, or expired.</summary>
    public Subscription? FindByToken(string topic, string token) =>
        tables.FindByToken(token) is { } found && found.Topic == topic && found.TokenExpires > context.Now ? found : null;

    /// <summary>Ends a subscription; nothing when it is not there.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="isSigned">Whether the request was signed by somebody who may.</param>
    public void Unsubscribe(string key, bool isSigned)
    {
        if (tables.Subscriptions.Find(key) is not { } subscription) return;
        if (!isSigned && !subscription.IsConfirmed) throw NotificationException.Invalid("This operation is not permitted on a subscription that is pending confirmation");
        if (!isSigned && subscription.AuthenticateOnUnsubscribe) throw NotificationException.Denied("This subscription ends by a signed request alone");
        Remove(subscription);
    }

    /// <summary>Removes what nobody confirmed in time, and tokens that confirm no more.</summary>
    /// <returns>How many subscriptions went.</returns>
    public int RemoveExpired()
    {
        var now = context.Now;
        var expired = tables.Subscriptions.After(null).Select(static pair => pair.Value).Where(one => one.Token is not null && one.TokenExpires <= now).ToList();
        foreach (var subscription in expired)
        {
            if (subscription.IsConfirmed) tables.Subscriptions.Save(subscription.Key, subscription with { Token = null, TokenExpires = 0 });
            else Remove(subscription);
        }

        return expired.Count(static one => !one.IsConfirmed);
    }

    /// <summary>A subscription.</summary>
    /// <exception cref="NotificationException">404.</exception>
    public Subscription Get(string key) => tables.Subscriptions.Find(key) ?? throw NotificationException.NoSubscription();

    /// <summary>Attributes as GetSubscriptionAttributes tells them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes(string key)
    {
        var one = Get(key);
        List<KeyValuePair<string, string>> found =
        [
            new("SubscriptionArn", arns.Of(one)), new("TopicArn", arns.OfTopic(one.Topic)), new("Owner", arns.Owner), new("Protocol", one.Protocol.Name()),
            new("Endpoint", one.Endpoint), new("PendingConfirmation", Text(!one.IsConfirmed)), new("ConfirmationWasAuthenticated", Text(one.WasAuthenticated)),
            new("RawMessageDelivery", Text(one.IsRaw)), new("SubscriptionPrincipal", $"arn:aws:iam::{arns.Owner}:root"),
        ];
        if (one.FilterPolicy is { } filter)
        {
            found.Add(new("FilterPolicy", filter));
            found.Add(new("FilterPolicyScope", one.FiltersBody ? "MessageBody" : "MessageAttributes"));
        }

        if (one.DeliveryPolicy is { } policy) found.Add(new("DeliveryPolicy", policy));
        if (one.Protocol.IsHttp())
        {
            var effective = RetryPolicy.Of(one.DeliveryPolicy, tables.Topics.Find(one.Topic)?.DeliveryPolicy);
            found.Add(new("EffectiveDeliveryPolicy", $"{{\"healthyRetryPolicy\":{effective.ToJson()},\"sicklyRetryPolicy\":null,\"throttlePolicy\":null,\"guaranteed\":false}}"));
        }

        return found;
    }

    /// <summary>Sets one attribute.</summary>
    public void SetAttribute(string key, string name, string value) => tables.Subscriptions.Save(key, With(Get(key), name, value));

    private static Subscription With(Subscription subscription, string name, string value) => name switch
    {
        "RawMessageDelivery" => subscription with { IsRaw = Raw(subscription, value) },
        "FilterPolicy" => subscription with { FilterPolicy = Filter(value, subscription.FiltersBody) },
        "FilterPolicyScope" => Scope(subscription, value),
        "DeliveryPolicy" => subscription.Protocol.IsHttp()
            ? subscription with { DeliveryPolicy = value.Length == 0 ? null : RetryPolicy.CheckOfSubscription(value) }
            : throw NotificationException.Invalid("DeliveryPolicy is for http and https"),
        "RedrivePolicy" => throw NotificationException.Invalid("RedrivePolicy is not offered by this hub: deliveries that failed for good are in its log and metrics"),
        "ReplayPolicy" or "SubscriptionRoleArn" => throw NotificationException.Invalid($"{name} is not offered by this hub: it has neither FIFO topics nor firehose subscriptions"),
        _ when Readable.Contains(name) => throw NotificationException.Invalid($"{name} cannot be set"),
        _ => throw NotificationException.Invalid("AttributeName"),
    };

    private static bool Raw(Subscription subscription, string value)
    {
        var isRaw = NotificationText.Flag(value, "RawMessageDelivery");
        return isRaw && !subscription.Protocol.IsHttp()
            ? throw NotificationException.Invalid("RawMessageDelivery is for http and https")
            : isRaw;
    }

    private static string? Filter(string value, bool ofBody)
    {
        if (value.Length == 0) return null;
        _ = FilterPolicy.Parse(value, ofBody);
        return value;
    }

    private static Subscription Scope(Subscription subscription, string value)
    {
        var ofBody = value switch
        {
            "MessageBody" => true,
            "MessageAttributes" => false,
            _ => throw NotificationException.Invalid("FilterPolicyScope must be MessageAttributes or MessageBody"),
        };
        // A policy with nested names means nothing to attributes.
        if (subscription.FilterPolicy is { } filter) _ = FilterPolicy.Parse(filter, ofBody);
        return subscription with { FiltersBody = ofBody };
    }

    private static string Text(bool value) => value ? "true" : "false";

    private void Remove(Subscription subscription) => context.Documents.InOne(() =>
    {
        tables.Subscriptions.Remove(subscription.Key);
        deliveries.Cancel(subscription.Key);
        if (tables.Topics.Find(subscription.Topic) is { } topic) tables.Topics.Save(topic.Name, topic with { SubscriptionsDeleted = topic.SubscriptionsDeleted + 1 });
    });

    // Who asks twice gets two messages with the same link, so that the first still works.
    private Subscription WithToken(Subscription subscription) => subscription with
    {
        Token = subscription.Token ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)),
        TokenExpires = context.Now + (long)options.TokenLife.TotalMilliseconds,
    };
}
