using System.Collections.Concurrent;
using Fairlead.Broker.Durability;
using Fairlead.Features.Documents;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>
/// All shadows, in memory as in the store. Things are found without a lock and each is changed under its own; the gate of the other
/// records is never taken, so shadows and records do not wait for each other.
/// </summary>
internal sealed class ShadowTable : IDocumentTable
{
    private readonly DocumentStore _store;
    private readonly ConcurrentDictionary<string, ThingShadows> _things = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ThingShadows>.AlternateLookup<ReadOnlySpan<char>> _byName;

    /// <summary>Makes an empty table and adds it to the store.</summary>
    public ShadowTable(DocumentStore store)
    {
        _store = store;
        _byName = _things.GetAlternateLookup<ReadOnlySpan<char>>();
        store.Add(this);
    }

    /// <inheritdoc/>
    public string Collection => "shadows";

    /// <summary>The shadows of a thing; null when it never had one.</summary>
    public ThingShadows? Find(ReadOnlySpan<char> thing) => _byName.TryGetValue(thing, out var shadows) ? shadows : null;

    /// <summary>The shadows of a thing, made when it has none yet.</summary>
    public ThingShadows FindOrAdd(ReadOnlySpan<char> thing) =>
        _byName.TryGetValue(thing, out var shadows) ? shadows : _things.GetOrAdd(thing.ToString(), static name => new ThingShadows(name));

    /// <summary>Takes a thing out again that has no shadow after all. Under its lock.</summary>
    public void Forget(ThingShadows thing)
    {
        thing.IsForgotten = true;
        _things.TryRemove(new KeyValuePair<string, ThingShadows>(thing.Name, thing));
    }

    /// <summary>Hands a shadow's present document to the store. Under the lock of its thing.</summary>
    /// <param name="shadow">The shadow.</param>
    /// <param name="receipt">Hears of the commit; held once for it.</param>
    public void Save(Shadow shadow, CommitReceipt receipt) => _store.AppendAlone(new StoreChange
    {
        Kind = StoreChangeKind.DocumentSaved,
        Subject = new Document(Collection, shadow.Key, shadow.Body),
        Receipt = receipt,
    });

    /// <inheritdoc/>
    public void Load(string key, ReadOnlySpan<byte> body)
    {
        if (!ShadowDocument.IsReadable(body)) throw new StoreException($"the shadow {key} in the store has a form that this program does not know");
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        var name = key.AsSpan();
        var thing = FindOrAdd(slash < 0 ? name : name[..slash]);
        lock (thing.Lock) thing.Add(slash < 0 ? default : name[(slash + 1)..], body.ToArray());
    }
}
