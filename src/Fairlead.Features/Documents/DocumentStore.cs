using Fairlead.Broker.Durability;

namespace Fairlead.Features.Documents;

/// <summary>
/// The features' records. All of them lie in memory, in tables; every change goes to the broker's store in the order in which it was
/// made. Changes are made under one <see cref="Gate"/>, which is held for work in memory alone; whoever made them then waits for
/// <see cref="CommitAsync"/> without it, and only then says that they are made.
/// </summary>
internal sealed class DocumentStore(IBrokerStore store, TimeProvider time)
{
    private static readonly TimeSpan LongestCommit = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, IDocumentTable> _tables = new(StringComparer.Ordinal);
    private readonly List<StoreChange> _batch = [];
    private readonly List<Action> _undo = [];
    private int _depth;
    private int _undoable;
    private bool _undoing;

    /// <summary>Held while records are changed, and while several are read that must agree with each other.</summary>
    public Lock Gate { get; } = new();

    /// <summary>False while the disk takes nothing: changes must then be refused before they are made.</summary>
    public bool IsHealthy => store.IsHealthy;

    /// <summary>Adds a table. Before <see cref="Load"/>.</summary>
    public void Add(IDocumentTable table) => _tables.Add(table.Collection, table);

    /// <summary>Fills the tables.</summary>
    public void Load(IReadOnlyList<Document> documents)
    {
        lock (Gate)
        {
            foreach (var document in documents)
            {
                if (_tables.TryGetValue(document.Collection, out var table)) table.Load(document.Key, document.Body.Span);
            }
        }
    }

    /// <summary>
    /// Makes several changes in one transaction: a crash leaves all or none. Within another such call it joins that one. Under
    /// <see cref="Gate"/>.
    /// </summary>
    public void InOne(Action change)
    {
        _depth++;
        try
        {
            change();
        }
        finally
        {
            // What is in the tables by now must get to the disk, even when the rest failed.
            if (--_depth == 0 && _batch.Count > 0)
            {
                store.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_batch));
                _batch.Clear();
            }
        }
    }

    /// <summary>
    /// Makes several changes in one transaction, or none of them: when one is refused by an exception, those before it are taken back, in
    /// memory too. Under <see cref="Gate"/>.
    /// </summary>
    public void AllOrNone(Action change)
    {
        var (firstUndo, firstChange) = (_undo.Count, _batch.Count);
        _undoable++;
        try
        {
            InOne(() =>
            {
                try
                {
                    change();
                }
                catch
                {
                    TakeBack(firstUndo, firstChange);
                    throw;
                }
            });
        }
        finally
        {
            if (--_undoable == 0) _undo.Clear();
        }
    }

    /// <summary>Notes how to take back the change that is being made. Under <see cref="Gate"/>; tables call it.</summary>
    /// <param name="undo">Takes it back in memory.</param>
    public void OnRefusal(Action undo)
    {
        if (_undoable > 0 && !_undoing) _undo.Add(undo);
    }

    private void TakeBack(int firstUndo, int firstChange)
    {
        _undoing = true;
        try
        {
            for (var i = _undo.Count - 1; i >= firstUndo; i--) _undo[i]();
        }
        finally
        {
            _undoing = false;
        }

        _undo.RemoveRange(firstUndo, _undo.Count - firstUndo);
        _batch.RemoveRange(firstChange, _batch.Count - firstChange);
    }

    /// <summary>Hands one change to the store. Under <see cref="Gate"/>; tables call it.</summary>
    public void Append(StoreChangeKind kind, Document document)
    {
        var change = new StoreChange { Kind = kind, Subject = document };
        if (_depth > 0) _batch.Add(change);
        else store.Append(change);
    }

    /// <summary>
    /// Hands one change to the store that belongs to no other record, past <see cref="Gate"/> and <see cref="InOne"/>: for tables that order
    /// the changes of each key by a lock of their own. Neither waits nor throws.
    /// </summary>
    public void AppendAlone(in StoreChange change) => store.Append(change);

    /// <summary>The same for changes that a crash must not part: one transaction.</summary>
    public void AppendAlone(ReadOnlySpan<StoreChange> changes) => store.Append(changes);

    /// <summary>Waits until every change made before the call is durable. Never under <see cref="Gate"/>.</summary>
    /// <exception cref="Api.ApiException">503: the disk does not take them; they are kept in memory and written when it does.</exception>
    public async Task CommitAsync()
    {
        using var deadline = new CancellationTokenSource(LongestCommit, time);
        try
        {
            await store.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            throw Api.ApiException.ServiceUnavailable("the store cannot write: see the hub's log");
        }
    }
}
