namespace Fairlead.Targets.Kafka;

/// <summary>The clients that one action uses. Secrets in properties change: a few sets are kept, then the older ones are given back.</summary>
internal sealed class KafkaLeases(KafkaProducers producers) : IDisposable
{
    private const int Most = 4;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KafkaProducer> _held = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>The client for a set of properties.</summary>
    /// <param name="properties">The properties.</param>
    /// <param name="producer">The client.</param>
    /// <returns>Why there is none; null when there is.</returns>
    public string? Find(IReadOnlyDictionary<string, string> properties, out KafkaProducer? producer)
    {
        var key = string.Join('\n', properties.OrderBy(static property => property.Key, StringComparer.Ordinal).Select(static property => $"{property.Key}={property.Value}"));
        string? oldest = null;
        lock (_lock)
        {
            if (_held.TryGetValue(key, out producer)) return null;
            if (producers.Acquire(key, properties, out producer) is { } problem) return problem;
            if (_order.Count >= Most && _order.TryDequeue(out oldest)) _held.Remove(oldest);
            _held[key] = producer!;
            _order.Enqueue(key);
        }

        if (oldest is not null) producers.Release(oldest);
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        string[] keys;
        lock (_lock)
        {
            keys = [.. _order];
            _order.Clear();
            _held.Clear();
        }

        foreach (var key in keys) producers.Release(key);
    }
}
