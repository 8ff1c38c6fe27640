using System.Text;
using System.Threading.Channels;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Console.Topics;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Messages;

/// <summary>The subscriptions of a test client: copies what matches into a bounded queue.</summary>
/// <param name="filters">Topic Filters, UTF-8.</param>
/// <param name="time">Clock.</param>
internal sealed class MessageViewer(byte[][] filters, TimeProvider time) : IPublishViewer
{
    private const int QueueLength = 1_000;
    private const int LongestPayload = 256 * 1024;
    private long _skipped;

    /// <summary>What came.</summary>
    public Channel<MessageDocument> Messages { get; } = Channel.CreateBounded<MessageDocument>(QueueLength);

    /// <summary>Takes the number of messages that had no room since the last call.</summary>
    public long TakeSkipped() => Interlocked.Exchange(ref _skipped, 0);

    /// <inheritdoc/>
    public bool Covers(ReadOnlySpan<byte> topic)
    {
        foreach (var filter in filters)
            if (Matches(filter, topic)) return true;
        return false;
    }

    /// <inheritdoc/>
    public void Offer(in Publication publication)
    {
        if (!Covers(publication.Topic)) return;
        if (Messages.Reader.Count >= QueueLength - 1)
        {
            Interlocked.Increment(ref _skipped);
            return;
        }

        Take(publication.Topic, publication.Payload, publication.Properties, publication.QoS, publication.Retain, publication.ClientId, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Takes a retained message for one of the filters.</summary>
    public void OfferRetained(Broker.Durability.Message message, int filter)
    {
        if (Matches(filters[filter], message.Topic))
            Take(message.Topic, message.Payload, message.Properties, message.QoS, retain: true, null, message.CreatedAt);
    }

    // An empty filter stands for a subscription that was refused.
    private static bool Matches(byte[] filter, ReadOnlySpan<byte> topic) => filter.Length > 0 && TopicFilter.Matches(filter, topic);

    private void Take(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> properties, QualityOfService qos, bool retain, string? clientId, long at)
    {
        var matching = new List<int>(1);
        for (var i = 0; i < filters.Length; i++)
            if (Matches(filters[i], topic)) matching.Add(i);
        var message = new MessageDocument(
            at, Encoding.UTF8.GetString(topic), payload[..Math.Min(payload.Length, LongestPayload)].ToArray(), payload.Length, (int)qos, retain, clientId, matching,
            PropertiesDocument.Of(properties));
        if (!Messages.Writer.TryWrite(message)) Interlocked.Increment(ref _skipped);
    }
}
