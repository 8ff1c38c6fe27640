using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fairlead.Features.Notifications.Pages;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Delivery;

/// <summary>Writes the signed documents that receivers get (spec/aws-rules, section 10.3).</summary>
internal sealed class NotificationDocuments(NotificationArns arns, HubLinks links, DocumentSigner signer)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Name of a kind in documents and headers.</summary>
    public static string TypeOf(PendingMessage message) => message.Kind.ToString();

    /// <summary>The document around a message.</summary>
    public async ValueTask<byte[]> WriteAsync(PendingMessage message, Subscription subscription, Topic topic)
    {
        await signer.ReadyAsync().ConfigureAwait(false);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            if (message.Kind == MessageKind.Notification) WriteNotification(json, message, subscription, topic);
            else WriteConfirmation(json, message, subscription, topic);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>What a function gets: the event that carries the document's members (its own names for the two URLs).</summary>
    public async ValueTask<byte[]> WriteEventAsync(PendingMessage message, Subscription subscription, Topic topic)
    {
        await signer.ReadyAsync().ConfigureAwait(false);
        var parts = NotificationParts(message, subscription, topic);
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteStartArray("Records");
            json.WriteStartObject();
            json.WriteString("EventVersion", "1.0");
            json.WriteString("EventSubscriptionArn", arns.Of(subscription));
            json.WriteString("EventSource", "aws:sns");
            json.WriteStartObject("Sns");
            WriteHead(json, message, topic);
            if (message.Subject is null) json.WriteNull("Subject");
            else json.WriteString("Subject", message.Subject);
            json.WriteString("Message", message.BodyFor(subscription.Protocol));
            json.WriteString("Timestamp", TimeOf(message));
            WriteSignature(json, topic, parts);
            json.WriteString("SigningCertUrl", links.Certificate);
            json.WriteString("UnsubscribeUrl", links.Unsubscribe(subscription));
            json.WriteStartObject("MessageAttributes");
            WriteAttributes(json, message);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static string TimeOf(PendingMessage message) =>
        DateTimeOffset.FromUnixTimeMilliseconds(message.At).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void WriteAttributes(Utf8JsonWriter json, PendingMessage message)
    {
        foreach (var attribute in message.Attributes)
        {
            json.WriteStartObject(attribute.Name);
            json.WriteString("Type", attribute.Type);
            json.WriteString("Value", attribute.Value);
            json.WriteEndObject();
        }
    }

    private void WriteNotification(Utf8JsonWriter json, PendingMessage message, Subscription subscription, Topic topic)
    {
        WriteHead(json, message, topic);
        if (message.Subject is { } subject) json.WriteString("Subject", subject);
        json.WriteString("Message", message.BodyFor(subscription.Protocol));
        json.WriteString("Timestamp", TimeOf(message));
        WriteSignature(json, topic, NotificationParts(message, subscription, topic));
        json.WriteString("SigningCertURL", links.Certificate);
        json.WriteString("UnsubscribeURL", links.Unsubscribe(subscription));
        if (message.Attributes.IsEmpty) return;
        json.WriteStartObject("MessageAttributes");
        WriteAttributes(json, message);
        json.WriteEndObject();
    }

    private void WriteConfirmation(Utf8JsonWriter json, PendingMessage message, Subscription subscription, Topic topic)
    {
        var token = subscription.Token ?? "";
        var text = $"Somebody asked this hub to send you the notifications of {arns.OfTopic(topic.Name)}.\nTo confirm, visit the SubscribeURL in this message.";
        var url = links.Confirm(subscription);
        json.WriteString("Type", TypeOf(message));
        json.WriteString("MessageId", message.Id);
        json.WriteString("Token", token);
        json.WriteString("TopicArn", arns.OfTopic(topic.Name));
        json.WriteString("Message", text);
        json.WriteString("SubscribeURL", url);
        json.WriteString("Timestamp", TimeOf(message));
        WriteSignature(
            json, topic,
            [
                ("Message", text), ("MessageId", message.Id), ("SubscribeURL", url), ("Timestamp", TimeOf(message)), ("Token", token),
                ("TopicArn", arns.OfTopic(topic.Name)), ("Type", TypeOf(message)),
            ]);
        json.WriteString("SigningCertURL", links.Certificate);
    }

    private void WriteHead(Utf8JsonWriter json, PendingMessage message, Topic topic)
    {
        json.WriteString("Type", TypeOf(message));
        json.WriteString("MessageId", message.Id);
        json.WriteString("TopicArn", arns.OfTopic(topic.Name));
    }

    /// <summary>What of a notification is signed, in this order.</summary>
    private List<(string Name, string Value)> NotificationParts(PendingMessage message, Subscription subscription, Topic topic)
    {
        List<(string, string)> parts = [("Message", message.BodyFor(subscription.Protocol)), ("MessageId", message.Id)];
        if (message.Subject is { } subject) parts.Add(("Subject", subject));
        parts.AddRange([("Timestamp", TimeOf(message)), ("TopicArn", arns.OfTopic(topic.Name)), ("Type", TypeOf(message))]);
        return parts;
    }

    private void WriteSignature(Utf8JsonWriter json, Topic topic, List<(string Name, string Value)> parts)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parts) text.Append(name).Append('\n').Append(value).Append('\n');
        json.WriteString("SignatureVersion", topic.SignatureVersion.ToString(CultureInfo.InvariantCulture));
        json.WriteString("Signature", signer.Sign(text.ToString(), topic.SignatureVersion));
    }
}
