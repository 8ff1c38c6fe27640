using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Fairlead.Targets.Kafka;

/// <summary>Clients by their properties: made when first used, shared, ended when nobody uses them any more.</summary>
internal sealed class KafkaProducers(ILogger log) : IDisposable
{
    /// <summary>Each client has threads and buffers of its own.</summary>
    private const int Most = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (KafkaProducer Producer, int Users)> _producers = new(StringComparer.Ordinal);

    /// <summary>Takes a client into use.</summary>
    /// <param name="key">The properties as one text.</param>
    /// <param name="properties">The properties.</param>
    /// <param name="producer">The client; <see cref="Release"/> gives it back.</param>
    /// <returns>Why there is none; null when there is.</returns>
    public string? Acquire(string key, IReadOnlyDictionary<string, string> properties, out KafkaProducer? producer)
    {
        producer = null;
        lock (_lock)
        {
            if (_producers.TryGetValue(key, out var known))
            {
                _producers[key] = (known.Producer, known.Users + 1);
                producer = known.Producer;
                return null;
            }

            if (_producers.Count >= Most) return $"more than {Most} different sets of client properties are in use";
            var configuration = new Dictionary<string, string>(StringComparer.Ordinal);
            if (KafkaProperties.Translate(properties, configuration) is { } problem) return problem;
            try
            {
                producer = new KafkaProducer(configuration, log);
            }
            catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
            {
                return $"the client refuses the properties: {exception.Message}";
            }

            _producers[key] = (producer, 1);
            return null;
        }
    }

    /// <summary>Gives a client back; the last one ends it.</summary>
    public void Release(string key)
    {
        KafkaProducer? ended = null;
        lock (_lock)
        {
            if (!_producers.TryGetValue(key, out var known)) return;
            if (known.Users > 1)
            {
                _producers[key] = (known.Producer, known.Users - 1);
                return;
            }

            _producers.Remove(key);
            ended = known.Producer;
        }

        ended.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        KafkaProducer[] left;
        lock (_lock)
        {
            left = [.. _producers.Values.Select(static entry => entry.Producer)];
            _producers.Clear();
        }

        foreach (var producer in left) producer.Dispose();
    }
}
