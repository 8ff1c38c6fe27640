using System.Xml;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Operations about subscriptions. They are authorized on the topic.</summary>
internal sealed class SubscriptionCalls(FeatureContext context, TopicTables tables, SubscriptionService subscriptions, NotificationArns arns)
{
    /// <summary>All of them by name.</summary>
    public IEnumerable<KeyValuePair<string, QueryHandler>> All =>
    [
        new("Subscribe", SubscribeAsync), new("ConfirmSubscription", ConfirmAsync), new("Unsubscribe", UnsubscribeAsync), new("ListSubscriptions", List),
        new("ListSubscriptionsByTopic", ListByTopic), new("GetSubscriptionAttributes", GetAttributes), new("SetSubscriptionAttributes", SetAttributesAsync),
    ];

    private async ValueTask<Action<XmlWriter>?> SubscribeAsync(QueryCall call)
    {
        var given = call.Parameters;
        var topicArn = given.Required("TopicArn");
        call.Authorize(topicArn);
        var topic = arns.TopicOf(topicArn);
        var tellsArn = given.Flag("ReturnSubscriptionArn");
        Subscription subscription;
        lock (context.Documents.Gate)
            subscription = subscriptions.Subscribe(topic, given.Required("Protocol"), given.Optional("Endpoint"), given.Map("Attributes"));
        await context.Documents.CommitAsync().ConfigureAwait(false);
        var arn = subscription.IsConfirmed || tellsArn ? arns.Of(subscription) : "pending confirmation";
        return xml => QueryXml.Element(xml, "SubscriptionArn", arn);
    }

    private async ValueTask<Action<XmlWriter>?> ConfirmAsync(QueryCall call)
    {
        var topicArn = call.Parameters.Required("TopicArn");
        // The token is proof enough; a signature adds to it and must then be one that may.
        if (call.Caller is not null) call.Authorize(topicArn);
        var topic = arns.TopicOf(topicArn);
        Subscription subscription;
        lock (context.Documents.Gate)
        {
            subscription = subscriptions.Confirm(
                topic, call.Parameters.Required("Token"), call.Caller is not null, call.Parameters.Flag("AuthenticateOnUnsubscribe"));
        }

        await context.Documents.CommitAsync().ConfigureAwait(false);
        return xml => QueryXml.Element(xml, "SubscriptionArn", arns.Of(subscription));
    }

    private async ValueTask<Action<XmlWriter>?> UnsubscribeAsync(QueryCall call)
    {
        var key = arns.SubscriptionOf(call.Parameters.Required("SubscriptionArn"));
        if (call.Caller is not null) call.Authorize(TopicArn(key));
        lock (context.Documents.Gate) subscriptions.Unsubscribe(key, call.Caller is not null);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return null;
    }

    private ValueTask<Action<XmlWriter>?> List(QueryCall call)
    {
        call.Authorize("*");
        var after = PageToken.Decode(call.Parameters.Optional("NextToken"));
        List<Subscription> page;
        string? next;
        lock (context.Documents.Gate)
            page = PageToken.Take(tables.Subscriptions.After(after).Select(static pair => pair.Value), static one => one.Key, out next);
        return new(xml => Write(xml, page, next));
    }

    private ValueTask<Action<XmlWriter>?> ListByTopic(QueryCall call)
    {
        var topicArn = call.Parameters.Required("TopicArn");
        call.Authorize(topicArn);
        var topic = arns.TopicOf(topicArn);
        var after = PageToken.Decode(call.Parameters.Optional("NextToken"));
        List<Subscription> page;
        string? next;
        lock (context.Documents.Gate)
        {
            if (tables.Topics.Find(topic) is null) throw NotificationException.NoTopic();
            page = PageToken.Take(tables.Of(topic, after), static one => one.Key, out next);
        }

        return new(xml => Write(xml, page, next));
    }

    private ValueTask<Action<XmlWriter>?> GetAttributes(QueryCall call)
    {
        var key = Authorized(call);
        IReadOnlyList<KeyValuePair<string, string>> attributes;
        lock (context.Documents.Gate) attributes = subscriptions.Attributes(key);
        return new(xml => QueryXml.Map(xml, "Attributes", attributes));
    }

    private async ValueTask<Action<XmlWriter>?> SetAttributesAsync(QueryCall call)
    {
        var key = Authorized(call);
        lock (context.Documents.Gate) subscriptions.SetAttribute(key, call.Parameters.Required("AttributeName"), call.Parameters.Optional("AttributeValue") ?? "");
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return null;
    }

    private string Authorized(QueryCall call)
    {
        var arn = call.Parameters.Required("SubscriptionArn");
        string key;
        try
        {
            key = arns.SubscriptionOf(arn);
        }
        catch (NotificationException)
        {
            // Who may nothing learns nothing.
            call.Authorize("*");
            throw;
        }

        call.Authorize(TopicArn(key));
        return key;
    }

    private string TopicArn(string key) => arns.OfTopic(key[..key.IndexOf(':', StringComparison.Ordinal)]);

    private void Write(XmlWriter xml, List<Subscription> page, string? next)
    {
        QueryXml.List(xml, "Subscriptions", page, (inner, one) =>
        {
            QueryXml.Element(inner, "SubscriptionArn", one.IsConfirmed ? arns.Of(one) : "PendingConfirmation");
            QueryXml.Element(inner, "Owner", arns.Owner);
            QueryXml.Element(inner, "Protocol", one.Protocol.Name());
            QueryXml.Element(inner, "Endpoint", one.Endpoint);
            QueryXml.Element(inner, "TopicArn", arns.OfTopic(one.Topic));
        });
        if (next is not null) QueryXml.Element(xml, "NextToken", next);
    }
}
