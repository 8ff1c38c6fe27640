using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Broker.Durability;

namespace Fairlead.Features.Documents;

/// <summary>
/// Immutable records of one kind by their key. Looking one up takes no lock; changes and walks in order are made under
/// <see cref="DocumentStore.Gate"/>.
/// </summary>
/// <typeparam name="T">An immutable record.</typeparam>
internal sealed class RecordTable<T> : IDocumentTable
    where T : class
{
    private readonly DocumentStore _store;
    private readonly JsonTypeInfo<T> _type;
    private readonly ConcurrentDictionary<string, T> _records = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Makes an empty table and adds it to the store.</summary>
    public RecordTable(DocumentStore store, string collection, JsonTypeInfo<T> type)
    {
        _store = store;
        _type = type;
        Collection = collection;
        store.Add(this);
    }

    /// <summary>Called after each change, under the gate, and for each record at start: key, record before, record after.</summary>
    public event Action<string, T?, T?>? Changed;

    /// <inheritdoc/>
    public string Collection { get; }

    /// <summary>Records in the table.</summary>
    public int Count => _records.Count;

    /// <summary>The record of a key, or null. Takes no lock.</summary>
    public T? Find(string key) => _records.GetValueOrDefault(key);

    /// <summary>Records behind a key in ordinal order of their keys; null starts at the first. Under the gate.</summary>
    public IEnumerable<KeyValuePair<string, T>> After(string? key)
    {
        if (_keys.Count == 0) yield break;
        IEnumerable<string> keys = _keys;
        if (key is not null)
        {
            if (string.CompareOrdinal(key, _keys.Max) >= 0) yield break;
            keys = _keys.GetViewBetween(key, _keys.Max);
        }

        foreach (var next in keys)
        {
            if (next != key) yield return new KeyValuePair<string, T>(next, _records[next]);
        }
    }

    /// <summary>Makes or replaces a record. Under the gate.</summary>
    public void Save(string key, T record)
    {
        _store.Append(StoreChangeKind.DocumentSaved, new Document(Collection, key, JsonSerializer.SerializeToUtf8Bytes(record, _type)));
        var before = Find(key);
        _store.OnRefusal(() =>
        {
            if (before is null) Cut(key);
            else Put(key, before);
        });
        Put(key, record);
    }

    /// <summary>Removes a record; false when there is none. Under the gate.</summary>
    public bool Remove(string key)
    {
        if (Find(key) is not { } before) return false;
        _store.Append(StoreChangeKind.DocumentRemoved, new Document(Collection, key, default));
        _store.OnRefusal(() => Put(key, before));
        Cut(key);
        return true;
    }

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        var record = JsonSerializer.Deserialize(body, _type)
            ?? throw new StoreException($"the record {key} of {Collection} in the store is empty");
        Put(key, record);
    }

    private void Cut(string key)
    {
        _records.TryRemove(key, out var before);
        _keys.Remove(key);
        Changed?.Invoke(key, before, null);
    }

    private void Put(string key, T record)
    {
        var before = _records.GetValueOrDefault(key);
        _records[key] = record;
        if (before is null) _keys.Add(key);
        Changed?.Invoke(key, before, record);
    }
}
