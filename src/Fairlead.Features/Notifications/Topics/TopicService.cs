using System.Globalization;
using Fairlead.Features.Documents;
using Fairlead.Features.Notifications.Delivery;

namespace Fairlead.Features.Notifications.Topics;

/// <summary>The rules about topics (spec/aws-rules, section 10.2). All methods are called under <see cref="DocumentStore.Gate"/> and commit nothing.</summary>
internal sealed class TopicService(FeatureContext context, TopicTables tables, NotificationArns arns, DeliveryQueue deliveries)
{
    private const int MostTopics = 100_000;

    /// <summary>Attributes that AWS has and that cannot be set here, each with the reason.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["Policy"] = "who may do what with a topic is decided by the policies of access keys",
        ["KmsMasterKeyId"] = "the hub's store is not encrypted by it",
        ["TracingConfig"] = "the hub traces nothing",
        ["ContentBasedDeduplication"] = "there are no FIFO topics",
        ["FifoThroughputScope"] = "there are no FIFO topics",
        ["ArchivePolicy"] = "there are no FIFO topics",
        ["DataProtectionPolicy"] = "messages are not looked into",
    };

    /// <summary>Makes a topic, or finds the one that is there.</summary>
    /// <exception cref="NotificationException">400: the name or an attribute; it is there with other attributes.</exception>
    public string Create(string name, IReadOnlyList<KeyValuePair<string, string>> attributes, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        if (name.EndsWith(".fifo", StringComparison.Ordinal)) throw NotificationException.Invalid("Topic Name: this hub has no FIFO topics");
        if (!NotificationArns.IsName(name)) throw NotificationException.Invalid("Topic Name must have 1 to 256 letters, digits, underscores and hyphens");
        var present = tables.Topics.Find(name);
        var topic = present ?? new Topic(name, context.Now);
        foreach (var (attribute, value) in attributes) topic = With(topic, attribute, value);
        topic = topic with { Tags = NotificationText.Add(topic.Tags, tags) };
        if (present is null)
        {
            if (tables.Topics.Count >= MostTopics) throw new NotificationException(403, "TopicLimitExceeded", $"this hub has {MostTopics} topics already");
            tables.Topics.Save(name, topic);
            return arns.OfTopic(name);
        }

        if (!present.Tags.SequenceEqual(topic.Tags)) throw NotificationException.Invalid("Tags Reason: Topic already exists with different tags");
        return present with { Tags = topic.Tags } == topic
            ? arns.OfTopic(name)
            : throw NotificationException.Invalid("Attributes Reason: Topic already exists with different attributes");
    }

    /// <summary>Removes a topic, its subscriptions and what waits for them; nothing when it is not there.</summary>
    public void Delete(string name)
    {
        if (tables.Topics.Find(name) is null) return;
        context.Documents.InOne(() =>
        {
            foreach (var subscription in tables.Of(name).ToList())
            {
                tables.Subscriptions.Remove(subscription.Key);
                deliveries.Cancel(subscription.Key);
            }

            tables.Topics.Remove(name);
        });
    }

    /// <summary>A topic.</summary>
    /// <exception cref="NotificationException">404.</exception>
    public Topic Get(string name) => tables.Topics.Find(name) ?? throw NotificationException.NoTopic();

    /// <summary>Attributes of a topic as GetTopicAttributes tells them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes(string name)
    {
        var topic = Get(name);
        int confirmed = 0, pending = 0;
        foreach (var subscription in tables.Of(name))
        {
            if (subscription.IsConfirmed) confirmed++;
            else pending++;
        }

        var policy = RetryPolicy.OfTopic(topic.DeliveryPolicy);
        List<KeyValuePair<string, string>> found =
        [
            new("TopicArn", arns.OfTopic(name)), new("Owner", arns.Owner), new("DisplayName", topic.DisplayName), new("Policy", OwnersPolicy(name)),
            new("SubscriptionsConfirmed", Text(confirmed)), new("SubscriptionsPending", Text(pending)), new("SubscriptionsDeleted", Text(topic.SubscriptionsDeleted)),
            new("SignatureVersion", Text(topic.SignatureVersion)), new("EffectiveDeliveryPolicy", $"{{\"defaultHealthyRetryPolicy\":{policy.ToJson()},\"sicklyRetryPolicy\":null,\"throttlePolicy\":null,\"guaranteed\":false}}"),
        ];
        if (topic.DeliveryPolicy is { } given) found.Add(new("DeliveryPolicy", given));
        return found;
    }

    /// <summary>Sets one attribute.</summary>
    public void SetAttribute(string name, string attribute, string value) => tables.Topics.Save(name, With(Get(name), attribute, value));

    /// <summary>Adds tags.</summary>
    public void AddTags(string name, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        var topic = GetResource(name);
        tables.Topics.Save(name, topic with { Tags = NotificationText.Add(topic.Tags, tags) });
    }

    /// <summary>Takes tags away; those that are not there stay away.</summary>
    public void RemoveTags(string name, IReadOnlyList<string> keys)
    {
        var topic = GetResource(name);
        tables.Topics.Save(name, topic with { Tags = topic.Tags.RemoveRange(keys) });
    }

    /// <summary>A topic, for the operations about tags.</summary>
    /// <exception cref="NotificationException">404, by the name that those operations give it.</exception>
    public Topic GetResource(string name) =>
        tables.Topics.Find(name) ?? throw new NotificationException(404, "ResourceNotFound", "Resource does not exist");

    private static Topic With(Topic topic, string attribute, string value) => attribute switch
    {
        "DisplayName" => topic with { DisplayName = NotificationText.DisplayName(value) },
        "DeliveryPolicy" => topic with { DeliveryPolicy = value.Length == 0 ? null : RetryPolicy.CheckOfTopic(value) },
        "SignatureVersion" => topic with { SignatureVersion = value is "1" or "2" ? value[0] - '0' : throw NotificationException.Invalid("SignatureVersion must be 1 or 2") },
        "FifoTopic" => NotificationText.Flag(value, attribute) ? throw NotificationException.Invalid("FifoTopic: this hub has no FIFO topics") : topic,
        _ when attribute.Contains("Feedback", StringComparison.Ordinal) =>
            throw NotificationException.Invalid($"{attribute} is not offered by this hub: failed deliveries are in its log and metrics"),
        _ when Refused.TryGetValue(attribute, out var why) => throw NotificationException.Invalid($"{attribute} is not offered by this hub: {why}"),
        _ => throw NotificationException.Invalid("AttributeName"),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What AWS gives each new topic: its owner may do everything.</summary>
    private string OwnersPolicy(string name) =>
        $$$$"""
        {"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"{{{{arns.OfTopic(name)}}}}","Condition":{"StringEquals":{"AWS:SourceOwner":"{{{{arns.Owner}}}}"}}}]}
        """;
}
