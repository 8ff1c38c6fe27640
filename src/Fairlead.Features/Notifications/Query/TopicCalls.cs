using System.Collections.Immutable;
using System.Xml;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Operations about topics, and Publish.</summary>
internal sealed class TopicCalls(FeatureContext context, TopicTables tables, TopicService topics, Publisher publisher, NotificationArns arns)
{
    /// <summary>Entries of a page.</summary>
    public const int Page = 100;

    /// <summary>All of them by name.</summary>
    public IEnumerable<KeyValuePair<string, QueryHandler>> All =>
    [
        new("CreateTopic", CreateAsync), new("DeleteTopic", DeleteAsync), new("ListTopics", List), new("GetTopicAttributes", GetAttributes),
        new("SetTopicAttributes", SetAttributesAsync), new("Publish", PublishAsync), new("TagResource", TagAsync), new("UntagResource", UntagAsync),
        new("ListTagsForResource", ListTags),
    ];

    private async ValueTask<Action<XmlWriter>?> CreateAsync(QueryCall call)
    {
        var name = call.Parameters.Required("Name");
        call.Authorize(arns.OfTopic(name));
        if (call.Parameters.Optional("DataProtectionPolicy") is not null) throw NotificationException.Invalid("DataProtectionPolicy is not offered by this hub: messages are not looked into");
        var (attributes, tags) = (call.Parameters.Map("Attributes"), call.Parameters.Tags("Tags"));
        if (tags.Count > 0) (call with { Operation = "TagResource" }).Authorize(arns.OfTopic(name));
        string arn;
        lock (context.Documents.Gate) arn = topics.Create(name, attributes, tags);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return xml => QueryXml.Element(xml, "TopicArn", arn);
    }

    private async ValueTask<Action<XmlWriter>?> DeleteAsync(QueryCall call)
    {
        var arn = call.Parameters.Required("TopicArn");
        call.Authorize(arn);
        string name;
        try
        {
            name = arns.TopicOf(arn);
        }
        catch (NotificationException unknown) when (unknown.Status == 404)
        {
            // What is not there need not be deleted.
            return null;
        }

        lock (context.Documents.Gate) topics.Delete(name);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return null;
    }

    private ValueTask<Action<XmlWriter>?> List(QueryCall call)
    {
        call.Authorize("*");
        var after = PageToken.Decode(call.Parameters.Optional("NextToken"));
        List<string> page;
        string? next;
        lock (context.Documents.Gate) page = PageToken.Take(tables.Topics.After(after).Select(static pair => pair.Key), static name => name, out next);
        return new(xml =>
        {
            QueryXml.List(xml, "Topics", page, (inner, name) => QueryXml.Element(inner, "TopicArn", arns.OfTopic(name)));
            if (next is not null) QueryXml.Element(xml, "NextToken", next);
        });
    }

    private ValueTask<Action<XmlWriter>?> GetAttributes(QueryCall call)
    {
        var name = Authorized(call, "TopicArn");
        IReadOnlyList<KeyValuePair<string, string>> attributes;
        lock (context.Documents.Gate) attributes = topics.Attributes(name);
        return new(xml => QueryXml.Map(xml, "Attributes", attributes));
    }

    private async ValueTask<Action<XmlWriter>?> SetAttributesAsync(QueryCall call)
    {
        var name = Authorized(call, "TopicArn");
        lock (context.Documents.Gate) topics.SetAttribute(name, call.Parameters.Required("AttributeName"), call.Parameters.Optional("AttributeValue") ?? "");
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return null;
    }

    private async ValueTask<Action<XmlWriter>?> PublishAsync(QueryCall call)
    {
        var given = call.Parameters;
        if (given.Optional("PhoneNumber") is not null) throw NotificationException.Invalid("PhoneNumber: this hub sends no text messages");
        if (given.Optional("MessageGroupId") is not null || given.Optional("MessageDeduplicationId") is not null)
            throw NotificationException.Invalid("MessageGroupId and MessageDeduplicationId are for FIFO topics, which this hub has not");
        var member = given.Optional("TopicArn") is null && given.Optional("TargetArn") is not null ? "TargetArn" : "TopicArn";
        var name = Authorized(call, member);
        var structure = given.Optional("MessageStructure");
        if (structure is not (null or "" or "json")) throw NotificationException.Invalid("MessageStructure must be json");
        var id = await publisher.PublishAsync(new Publication(name, given.Optional("Message") ?? "")
        {
            Subject = given.Optional("Subject"),
            IsStructured = structure == "json",
            Attributes = [.. given.Attributes("MessageAttributes")],
        }).ConfigureAwait(false);
        return xml => QueryXml.Element(xml, "MessageId", id);
    }

    private async ValueTask<Action<XmlWriter>?> TagAsync(QueryCall call)
    {
        var name = Authorized(call, "ResourceArn");
        lock (context.Documents.Gate) topics.AddTags(name, call.Parameters.Tags("Tags"));
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Nothing;
    }

    private async ValueTask<Action<XmlWriter>?> UntagAsync(QueryCall call)
    {
        var name = Authorized(call, "ResourceArn");
        lock (context.Documents.Gate) topics.RemoveTags(name, call.Parameters.List("TagKeys"));
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Nothing;
    }

    private ValueTask<Action<XmlWriter>?> ListTags(QueryCall call)
    {
        var name = Authorized(call, "ResourceArn");
        ImmutableSortedDictionary<string, string> tags;
        lock (context.Documents.Gate) tags = topics.GetResource(name).Tags;
        return new(xml => QueryXml.List(xml, "Tags", tags, static (inner, tag) =>
        {
            QueryXml.Element(inner, "Key", tag.Key);
            QueryXml.Element(inner, "Value", tag.Value);
        }));
    }

    private static void Nothing(XmlWriter xml)
    {
        // The result is there and has no members.
    }

    private string Authorized(QueryCall call, string member)
    {
        var arn = call.Parameters.Required(member);
        call.Authorize(arn);
        return arns.TopicOf(arn, member);
    }
}
