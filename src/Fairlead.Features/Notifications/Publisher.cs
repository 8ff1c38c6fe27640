using System.Runtime.CompilerServices;
using System.Text.Json;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Filters;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications;

/// <summary>Publishes to topics (spec/aws-rules, section 10.2): the API and the <c>sns</c> action of rules both do it here.</summary>
internal sealed class Publisher(FeatureContext context, TopicTables tables, DeliveryQueue deliveries, NotificationCounters counters)
{
    /// <summary>Longest message with its attributes, bytes in UTF-8.</summary>
    public const int LongestMessage = 262_144;

    private const int LongestAttributeName = 256;

    // Records are immutable, so that a policy is read once for each of their versions.
    private readonly ConditionalWeakTable<Subscription, FilterPolicy> _filters = new();

    /// <summary>Publishes; comes back when every delivery is promised.</summary>
    /// <returns>Id of the message.</returns>
    /// <exception cref="NotificationException">It is refused; nothing is delivered.</exception>
    /// <exception cref="Api.ApiException">503: the disk does not take it.</exception>
    public async Task<string> PublishAsync(Publication publication)
    {
        if (tables.Topics.Find(publication.Topic) is null) throw NotificationException.NoTopic();
        var message = Check(publication, context.Now);
        List<Subscription> receivers;
        lock (context.Documents.Gate) receivers = [.. tables.Of(publication.Topic).Where(static one => one.IsConfirmed)];
        var all = receivers.Count;
        receivers.RemoveAll(receiver => !Wants(receiver, message));
        if (receivers.Count > 0)
        {
            if (!context.Documents.IsHealthy) throw Api.ApiException.ServiceUnavailable("the store cannot write: see the hub's log");
            lock (context.Documents.Gate)
            {
                // Who has ended its subscription in the meantime gets nothing more.
                receivers.RemoveAll(receiver => tables.Subscriptions.Find(receiver.Key) is null);
                deliveries.Add(message, receivers);
            }

            await context.Documents.CommitAsync().ConfigureAwait(false);
        }

        counters.OnPublished(all - receivers.Count);
        return message.Id;
    }

    private static PendingMessage Check(Publication publication, long now)
    {
        if (publication.Message.Length == 0) throw NotificationException.Invalid("Empty message");
        var size = (long)NotificationText.Bytes(publication.Message);
        foreach (var attribute in publication.Attributes)
        {
            Check(attribute);
            size += NotificationText.Bytes(attribute.Name) + NotificationText.Bytes(attribute.Type) + NotificationText.Bytes(attribute.Value);
        }

        if (size > LongestMessage) throw NotificationException.Invalid("Message too long");
        var message = new PendingMessage(Guid.NewGuid().ToString(), MessageKind.Notification, publication.Topic, publication.Message, now)
        {
            Subject = NotificationText.Subject(publication.Subject),
            Attributes = publication.Attributes,
        };
        if (!publication.IsStructured) return message;
        return MessageStructure.TryRead(publication.Message, out var body, out var bodies)
            ? message with { Body = body, Bodies = bodies.IsEmpty ? null : bodies }
            : throw NotificationException.Invalid("Message Structure - No default entry in JSON message body");
    }

    private static void Check(MessageAttribute attribute)
    {
        var problem = attribute switch
        {
            { Name.Length: 0 or > LongestAttributeName } => $"must have a name of 1 to {LongestAttributeName} characters",
            { Name: var name } when !IsAttributeName(name) => "must have a name of letters, digits, underscores, hyphens and single periods",
            { Value.Length: 0 } => "must have a value",
            { Type: "String" } => null,
            { Type: "Number", Value: var value } => FilterValue.ParseNumber(value).Kind == FilterValueKind.Number ? null : "must have a number as its value",
            { Type: "Binary", Value: var value } => Convert.TryFromBase64String(value, new byte[value.Length], out _) ? null : "must have Base64 as its value",
            { Type: "String.Array", Value: var value } => IsArray(value) ? null : "must have a JSON array of texts, numbers, true, false and null as its value",
            _ => "must have the type String, String.Array, Number or Binary",
        };
        if (problem is not null) throw new NotificationException(400, "InvalidParameterValue", $"The message attribute '{attribute.Name}' {problem}");
    }

    private static bool IsAttributeName(string name) =>
        name.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-' or '.') && name[0] != '.' && name[^1] != '.' &&
        !name.Contains("..", StringComparison.Ordinal);

    private static bool IsArray(string value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.Array &&
                document.RootElement.EnumerateArray().All(static one => FilterValue.Of(one).Kind != FilterValueKind.Other);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool Wants(Subscription receiver, PendingMessage message) => receiver.FilterPolicy is null ||
        _filters.GetValue(receiver, static one => FilterPolicy.Parse(one.FilterPolicy!, one.FiltersBody)).Wants(message, receiver.Protocol);
}
