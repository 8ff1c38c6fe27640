using System.Collections;

namespace Fairlead.Protocols.Amqp;

/// <summary>A map: pairs in the order of the wire. Equal when the pairs are, in the same order. Maps of messages are small: looking up walks.</summary>
public sealed class AmqpMap : IReadOnlyList<KeyValuePair<AmqpValue, AmqpValue>>, IEquatable<AmqpMap>
{
    private readonly List<KeyValuePair<AmqpValue, AmqpValue>> _pairs;

    /// <summary>An empty map.</summary>
    public AmqpMap() => _pairs = [];

    /// <summary>An empty map with room.</summary>
    /// <param name="capacity">Pairs expected.</param>
    public AmqpMap(int capacity) => _pairs = new(capacity);

    /// <inheritdoc/>
    public int Count => _pairs.Count;

    /// <inheritdoc/>
    public KeyValuePair<AmqpValue, AmqpValue> this[int index] => _pairs[index];

    /// <summary>The value whose key is such a string or symbol; null when there is none.</summary>
    /// <param name="name">The key's text.</param>
    public AmqpValue this[string name] => TryGet(name, out AmqpValue value) ? value : default;

    /// <summary>Appends a pair.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Add(AmqpValue key, AmqpValue value) => _pairs.Add(new(key, value));

    /// <summary>Appends a pair whose key is a symbol.</summary>
    /// <param name="name">The key's text, ASCII.</param>
    /// <param name="value">The value.</param>
    public AmqpMap AddSymbol(string name, AmqpValue value)
    {
        _pairs.Add(new(AmqpValue.Symbol(name), value));
        return this;
    }

    /// <summary>Looks for a key that is such a string or symbol.</summary>
    /// <param name="name">The key's text.</param>
    /// <param name="value">The value found.</param>
    public bool TryGet(string name, out AmqpValue value)
    {
        foreach (var pair in _pairs)
        {
            if (!string.Equals(pair.Key.AsText(), name, StringComparison.Ordinal)) continue;
            value = pair.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(AmqpMap? other) => other is not null && _pairs.SequenceEqual(other._pairs);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AmqpMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var pair in _pairs)
        {
            hash.Add(pair.Key);
            hash.Add(pair.Value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<AmqpValue, AmqpValue>> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", _pairs.Select(pair => $"{pair.Key}={pair.Value}"))}}}";
}
