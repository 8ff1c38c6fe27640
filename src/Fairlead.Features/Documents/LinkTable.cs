using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Broker.Durability;

namespace Fairlead.Features.Documents;

/// <summary>
/// Links between two kinds of records (a policy and its targets, a thing and its certificates), readable from both sides without a
/// lock; each side sees the other in ordinal order. Changes are made under <see cref="DocumentStore.Gate"/>.
/// </summary>
/// <typeparam name="T">What is known of a link: an immutable record.</typeparam>
internal sealed class LinkTable<T> : IDocumentTable
    where T : class
{
    // Neither names of things, groups and policies nor ARNs contain it.
    private const char Separator = '|';

    private static readonly ImmutableSortedDictionary<string, T> None =
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private readonly DocumentStore _store;
    private readonly JsonTypeInfo<T> _type;
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<string, T>> _fromLeft = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<string, T>> _fromRight = new(StringComparer.Ordinal);

    /// <summary>Makes an empty table and adds it to the store.</summary>
    public LinkTable(DocumentStore store, string collection, JsonTypeInfo<T> type)
    {
        _store = store;
        _type = type;
        Collection = collection;
        store.Add(this);
    }

    /// <summary>Called after each change, under the gate, and for each link at start: left, right, link before, link after.</summary>
    public event Action<string, string, T?, T?>? Changed;

    /// <inheritdoc/>
    public string Collection { get; }

    /// <summary>The link between two, or null.</summary>
    public T? Find(string left, string right) => RightsOf(left).GetValueOrDefault(right);

    /// <summary>Everything linked to a left side. Takes no lock; a snapshot.</summary>
    public ImmutableSortedDictionary<string, T> RightsOf(string left) => _fromLeft.GetValueOrDefault(left, None);

    /// <summary>Everything linked to a right side. Takes no lock; a snapshot.</summary>
    public ImmutableSortedDictionary<string, T> LeftsOf(string right) => _fromRight.GetValueOrDefault(right, None);

    /// <summary>Makes or replaces a link. Under the gate.</summary>
    public void Save(string left, string right, T link)
    {
        _store.Append(StoreChangeKind.DocumentSaved, new Document(Collection, KeyOf(left, right), JsonSerializer.SerializeToUtf8Bytes(link, _type)));
        var before = Find(left, right);
        _store.OnRefusal(() =>
        {
            if (before is null) Cut(left, right, link);
            else Put(left, right, before);
        });
        Put(left, right, link);
    }

    /// <summary>Ends a link; false when there is none. Under the gate.</summary>
    public bool Remove(string left, string right)
    {
        if (Find(left, right) is not { } before) return false;
        _store.Append(StoreChangeKind.DocumentRemoved, new Document(Collection, KeyOf(left, right), default));
        _store.OnRefusal(() => Put(left, right, before));
        Cut(left, right, before);
        return true;
    }

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        var middle = key.IndexOf(Separator, StringComparison.Ordinal);
        var link = JsonSerializer.Deserialize(body, _type);
        if (middle < 0 || link is null) throw new StoreException($"the record {key} of {Collection} in the store is damaged");
        Put(key[..middle], key[(middle + 1)..], link);
    }

    private static string KeyOf(string left, string right) => $"{left}{Separator}{right}";

    private static void Cut(ConcurrentDictionary<string, ImmutableSortedDictionary<string, T>> side, string from, string to)
    {
        var rest = side[from].Remove(to);
        if (rest.IsEmpty) side.TryRemove(from, out _);
        else side[from] = rest;
    }

    private void Cut(string left, string right, T before)
    {
        Cut(_fromLeft, left, right);
        Cut(_fromRight, right, left);
        Changed?.Invoke(left, right, before, null);
    }

    private void Put(string left, string right, T link)
    {
        var before = Find(left, right);
        _fromLeft[left] = RightsOf(left).SetItem(right, link);
        _fromRight[right] = LeftsOf(right).SetItem(left, link);
        Changed?.Invoke(left, right, before, link);
    }
}
