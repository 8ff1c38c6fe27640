using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Messages;

/// <summary>MQTT 5 properties; those without a value are absent.</summary>
/// <param name="PayloadIsUtf8">Payload Format Indicator.</param>
/// <param name="MessageExpiry">Message Expiry Interval, seconds.</param>
/// <param name="ContentType">Content Type.</param>
/// <param name="ResponseTopic">Response Topic.</param>
/// <param name="CorrelationData">Correlation Data.</param>
/// <param name="User">User Properties: pairs of name and value.</param>
internal sealed record PropertiesDocument(
    bool? PayloadIsUtf8, uint? MessageExpiry, string? ContentType, string? ResponseTopic, byte[]? CorrelationData, IReadOnlyList<string[]>? User)
{
    /// <summary>Reads them from their wire form; null for none.</summary>
    public static PropertiesDocument? Of(ReadOnlySpan<byte> properties)
    {
        if (properties.IsEmpty) return null;
        var read = PublishPropertiesReader.Read(properties);
        return new PropertiesDocument(
            read.PayloadIsUtf8, read.MessageExpiryInterval, read.ContentType, read.ResponseTopic, read.CorrelationData,
            read.UserProperties.Count == 0 ? null : [.. read.UserProperties.Select(static pair => new[] { pair.Name, pair.Value })]);
    }
}

/// <summary>What became of a subscription: <c>reason</c> says why it was refused.</summary>
internal sealed record SubscriptionAnswerDocument(string Filter, bool Granted, string? Reason);

/// <summary>The stream has begun.</summary>
internal sealed record OpenedDocument(IReadOnlyList<SubscriptionAnswerDocument> Subscriptions);

/// <summary>A message; <c>filters</c> are the positions of the filters that it matches, <c>size</c> the bytes of its payload, of which a very long one shows the beginning.</summary>
internal sealed record MessageDocument(
    long At, string Topic, byte[] Payload, int Size, int Qos, bool Retain, string? ClientId, IReadOnlyList<int> Filters, PropertiesDocument? Properties);

/// <summary>Messages as they came; <c>skipped</c> came faster than they can be shown, <c>denied</c> may not be received.</summary>
internal sealed record MessageBatchDocument(IReadOnlyList<MessageDocument> Messages, long Skipped, long Denied);

/// <summary>A message to publish.</summary>
/// <param name="Topic">Topic Name.</param>
/// <param name="Payload">Payload.</param>
/// <param name="Qos">0 to 2.</param>
/// <param name="Retain">RETAIN flag.</param>
/// <param name="Properties">MQTT 5 properties.</param>
/// <param name="As">Thing whose policies are to be asked; null publishes as the user.</param>
internal sealed record PublishInput(string? Topic, byte[]? Payload, int Qos, bool Retain, PropertiesDocument? Properties, string? As);

/// <summary>What became of it.</summary>
internal sealed record PublishedDocument(int Subscribers, long At);
