using System.Collections.Concurrent;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>See <see cref="ITelemetry"/>. Takes no lock of its own.</summary>
internal sealed class TelemetryService(FeatureContext context, IotHubOptions options, IEventLog log) : ITelemetry
{
    /// <summary>Largest message, and largest batch, in bytes, counted as <see cref="IotMessage.Size"/> does (spec/azure-gateway 2.4 item 3).</summary>
    public const int LargestMessage = 256 * 1024;

    private const int LongestTopic = 65_535;

    // Only with a limit, and then one for each identity that sends.
    private readonly ConcurrentDictionary<IdentityName, RateLimit> _rates = new();
    private readonly DailyQuota _quota = new(context.Time, options.DailyMessages, log);

    /// <summary>What is counted.</summary>
    public TelemetryCounters Counters { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<IotHubError?> SendAsync(TelemetrySource source, IReadOnlyList<IotMessage> batch)
    {
        if (batch.Count == 0) return null;
        var topics = new string[batch.Count];
        long size = 0;
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = TelemetryTopic.Of(source.Identity, batch[i]);
            size += batch[i].Size;
        }

        var refusal = Array.Exists(topics, static topic => topic.Length > LongestTopic)
            ? IotHubError.ArgumentInvalid("the properties of a message are too long")
            : Refuse(source.Identity, topics.Length, size);
        if (refusal is not null)
        {
            Counters.CountRefused(topics.Length);
            return refusal;
        }

        var commit = new AwaitedCommit();
        var events = new TelemetryEvent[topics.Length];
        for (var i = 0; i < events.Length; i++) events[i] = EventOf(source, batch[i]);
        log.Append(events, commit);
        for (var i = 0; i < events.Length; i++)
        {
            Counters.CountAccepted(batch[i].Size);
            Publish(source, topics[i], batch[i], commit);
        }

        return await commit.WaitAsync().ConfigureAwait(false) ? null : IotHubError.ServiceUnavailable("the store cannot write now");
    }

    /// <summary>
    /// For a message that goes through the broker anyway, because it came from an MQTT client: judges it and takes it into the log.
    /// </summary>
    /// <param name="source">Who sends.</param>
    /// <param name="message">The message.</param>
    /// <param name="receipt">Held until it is durable; null when nobody waits.</param>
    /// <returns>Null, or why it is not taken.</returns>
    public IotHubError? Take(TelemetrySource source, IotMessage message, CommitReceipt? receipt)
    {
        if (Refuse(source.Identity, 1, message.Size) is { } refusal)
        {
            Counters.CountRefused(1);
            return refusal;
        }

        log.Append([EventOf(source, message)], receipt);
        Counters.CountAccepted(message.Size);
        return null;
    }

    private TelemetryEvent EventOf(TelemetrySource source, IotMessage message) =>
        new(source.Identity, message, context.Now, source.AuthMethod, source.GenerationId);

    private void Publish(TelemetrySource source, string topic, IotMessage message, CommitReceipt receipt) => context.Broker.Publish(
        new PublishRequest
        {
            Topic = topic,
            Payload = message.Body,
            QoS = QualityOfService.AtLeastOnce,
            Principal = source.Principal,
            ClientId = source.Identity.Key,
        },
        receipt);

    private IotHubError? Refuse(IdentityName identity, int messages, long size)
    {
        if (size > LargestMessage) return IotHubError.MessageTooLarge($"a message or batch may have {LargestMessage} bytes, properties included; this one has {size}");
        if (!log.IsHealthy || !context.Documents.IsHealthy) return IotHubError.ServiceUnavailable("the store cannot write now");
        if (options.TelemetryRate > 0 && !_rates.GetOrAdd(identity, _ => new RateLimit(context.Time, options.TelemetryRate)).TryTake(messages))
            return IotHubError.Throttling("too many messages from this device in this second");
        return _quota.TryTake(messages) ? null : IotHubError.QuotaExceeded($"the hub takes {options.DailyMessages} messages a day: IotHub:DailyMessages");
    }
}
