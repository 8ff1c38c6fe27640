using Fairlead.Broker.Durability;
using Fairlead.Sqlite;
using Fairlead.Storage.Sqlite.Journal;

namespace Fairlead.Storage.Sqlite;

/// <summary>
/// Writes one group in one transaction, in four steps: claim (what has become needless is skipped), encode, commit, apply to the
/// index. The index changes after the commit alone, so that a failed transaction leaves nothing to undo.
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    private readonly Database _database;
    private readonly LiveIndex _index;
    private readonly Tables _tables;
    private readonly Compaction _compaction;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _insertRow;
    private readonly RowWriter _row = new();
    private readonly Func<long> _closeFullRow;
    private readonly List<int> _rowLengths = [];
    private readonly List<long> _newBodies = [];
    private readonly List<long> _heldBodies = [];
    private long _lastId;
    private long _lastMessageId;
    private long _firstNewMessageId;
    private bool _removedSession;

    /// <param name="database">The open database.</param>
    /// <param name="index">What is alive in it.</param>
    /// <param name="lastId">Highest number of a Session or entry.</param>
    /// <param name="lastMessageId">Highest number of a message body.</param>
    public GroupWriter(Database database, LiveIndex index, long lastId, long lastMessageId)
    {
        _database = database;
        _index = index;
        _lastId = lastId;
        _lastMessageId = lastMessageId;
        _closeFullRow = CloseFullRow;
        _tables = new Tables(database);
        _compaction = new Compaction(database, index);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _insertRow = database.Prepare("INSERT INTO journal(seq, body) VALUES(?1, ?2)");
    }

    /// <summary>A row is closed at this size, so that compaction works in small steps.</summary>
    public const int RowSize = 256 * 1024;

    /// <summary>Whether a transaction without changes would shrink the journal.</summary>
    public bool HasGarbage => _compaction.IsUseful;

    /// <summary>Makes the group durable; receipts are the caller's business.</summary>
    /// <param name="group">The changes.</param>
    /// <param name="compact">Whether to do a part of the compaction along with it; it needs room before it makes room.</param>
    /// <exception cref="SqliteFailure">Nothing of it was written.</exception>
    public void Write(ChangeGroup group, bool compact)
    {
        if (Claim(group)) Transact(group.Slots, compact);
    }

    /// <summary>Removes dead rows and rewrites a few that are nearly dead, with no changes.</summary>
    /// <exception cref="SqliteFailure">It could not.</exception>
    public void Trim()
    {
        Transact([], compact: true);
        _index.ReleaseSpareMemory();
    }

    /// <summary>Removes dead rows, which needs no room.</summary>
    /// <exception cref="SqliteFailure">It could not.</exception>
    public void DropDeadRows() => Transact([], compact: false);

    /// <summary>Shows that the disk takes new bytes, as many as the failed group wanted.</summary>
    /// <exception cref="SqliteFailure">It does not.</exception>
    public void Probe(long bytes)
    {
        _database.Execute($"INSERT OR REPLACE INTO counters(name, value) VALUES('probe', zeroblob({Math.Clamp(bytes, 4096, 1024 * 1024)}))");
        _database.Execute("DELETE FROM counters WHERE name = 'probe'");
    }

    public void Dispose()
    {
        _tables.Dispose();
        _compaction.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _insertRow.Dispose();
    }

    private bool Claim(ChangeGroup group)
    {
        var any = false;
        var queued = false;
        foreach (ref var slot in group.Slots)
        {
            if (slot.Flush is not null) continue;
            switch (slot.Change.Kind)
            {
                case StoreChangeKind.MessageQueued:
                    slot.Write = slot.Change.Entry.TryClaimForWriting();
                    queued |= slot.Write;
                    break;
                case StoreChangeKind.PacketIdAssigned or StoreChangeKind.MessageReleased or StoreChangeKind.MessageSettled:
                    slot.Write = queued || _index.HasEntry(slot.Change.Entry.Id);
                    break;
                default:
                    slot.Write = true;
                    break;
            }

            any |= slot.Write;
        }

        return any;
    }

    private void Transact(Span<ChangeSlot> slots, bool compact)
    {
        _firstNewMessageId = _lastMessageId + 1;
        _removedSession = false;
        var committed = false;
        try
        {
            _begin.Run();
            var dropped = _compaction.Run(_row, _closeFullRow, compact);
            foreach (ref var slot in slots)
            {
                if (slot.Write) Encode(ref slot);
            }

            CloseRow();
            var leavesNoRow = _rowLengths.Count == 0 && dropped == _index.Rows.Count;
            if (leavesNoRow && (dropped > 0 || _removedSession)) _tables.SaveLastId(_lastId); // else the newest row knows it
            _commit.Run();
            committed = true;
            Apply(slots);
        }
        finally
        {
            if (!committed) _database.RollBack();
            foreach (var id in _heldBodies) _index.ReleaseBody(id);
            Forget();
        }
    }

    private void Forget()
    {
        _row.Clear();
        _rowLengths.Clear();
        _newBodies.Clear();
        _heldBodies.Clear();
        _compaction.Forget();
    }

    /// <summary>Number of the row that is being filled.</summary>
    private long CurrentRow => _index.Rows.Next + _rowLengths.Count;

    private long CloseFullRow()
    {
        if (_row.Length >= RowSize) CloseRow();
        return CurrentRow;
    }

    private void CloseRow()
    {
        if (_row.IsEmpty) return;
        var row = _row.Seal(_lastId);
        _insertRow.Bind(1, CurrentRow).BindBlob(2, row).Run();
        _rowLengths.Add(row.Length);
        _row.Clear();
    }

    private void Encode(ref ChangeSlot slot)
    {
        ref readonly var change = ref slot.Change;
        slot.Row = CloseFullRow();
        switch (change.Kind)
        {
            case StoreChangeKind.SessionSaved:
                _lastId = Math.Max(_lastId, change.Session.Id);
                _tables.SaveSession(change.Session);
                break;
            case StoreChangeKind.SessionRemoved:
                _removedSession = true;
                _tables.RemoveSession(change.SessionId);
                break;
            case StoreChangeKind.SubscriptionSaved:
                _tables.SaveSubscription(change.SessionId, change.Subscription);
                break;
            case StoreChangeKind.SubscriptionRemoved:
                _tables.RemoveSubscription(change.SessionId, change.Text);
                break;
            case StoreChangeKind.RetainedSaved:
                _tables.SaveRetained(change.Message);
                break;
            case StoreChangeKind.RetainedRemoved:
                _tables.RemoveRetained(change.Text);
                break;
            case StoreChangeKind.WillSaved:
                _tables.SaveWill(change.SessionId, change.Will);
                break;
            case StoreChangeKind.WillRemoved:
                _tables.RemoveWill(change.SessionId);
                break;
            case StoreChangeKind.DocumentSaved:
                _tables.SaveDocument(change.Document);
                break;
            case StoreChangeKind.DocumentRemoved:
                _tables.RemoveDocument(change.Document);
                break;
            default:
                EncodeTraffic(ref slot);
                break;
        }
    }

    private void EncodeTraffic(ref ChangeSlot slot)
    {
        ref readonly var change = ref slot.Change;
        switch (change.Kind)
        {
            case StoreChangeKind.MessageQueued:
                EncodeEntry(ref slot);
                break;
            case StoreChangeKind.PacketIdAssigned:
                _row.WritePacketId(change.Entry.Id, slot.PacketId);
                break;
            case StoreChangeKind.MessageReleased:
                _row.WriteReleased(change.Entry.Id);
                break;
            case StoreChangeKind.MessageSettled:
                _row.WriteSettled(change.Entry.Id);
                break;
            case StoreChangeKind.InboundReceived:
                _row.WriteInbound(RecordKind.InboundReceived, change.SessionId, slot.PacketId);
                break;
            case StoreChangeKind.InboundReleased:
                _row.WriteInbound(RecordKind.InboundReleased, change.SessionId, slot.PacketId);
                break;
        }
    }

    private void EncodeEntry(ref ChangeSlot slot)
    {
        var entry = slot.Change.Entry;
        var message = entry.Message;
        slot.BodyBytes = 0;
        if (message.Id >= _firstNewMessageId)
        {
            // Written a moment ago, in this transaction.
        }
        else if (message.Id != 0 && _index.HasBody(message.Id))
        {
            // Held until this group is applied: a change before this one may end the last entry that holds it now.
            _index.HoldBody(message.Id);
            _heldBodies.Add(message.Id);
        }
        else
        {
            message.Id = ++_lastMessageId;
            slot.BodyBytes = _row.WriteBody(message.Id, message);
            _newBodies.Add(message.Id);
        }

        _lastId = Math.Max(_lastId, entry.Id);
        slot.RecordBytes = _row.WriteEntry(entry, slot.Change.SessionId, slot.PacketId);
    }

    private void Apply(Span<ChangeSlot> slots)
    {
        foreach (var length in _rowLengths) _index.Rows.Append(length);
        _compaction.Apply();
        foreach (ref var slot in slots)
        {
            if (slot.Write) Apply(ref slot);
        }

        foreach (var id in _newBodies) _index.ReleaseBody(id);
    }

    private void Apply(ref ChangeSlot slot)
    {
        ref readonly var change = ref slot.Change;
        switch (change.Kind)
        {
            case StoreChangeKind.SessionSaved:
                _index.AddSession(change.Session.Id);
                break;
            case StoreChangeKind.SessionRemoved:
                _index.RemoveSession(change.SessionId);
                break;
            case StoreChangeKind.MessageQueued:
                var entry = change.Entry;
                var bodyId = entry.Message.Id;
                if (slot.BodyBytes > 0) _index.AddBody(bodyId, slot.Row, slot.BodyBytes);
                _index.AddEntry(entry.Id, change.SessionId, bodyId, slot.Row, slot.RecordBytes, slot.PacketId, released: false);
                break;
            case StoreChangeKind.PacketIdAssigned:
                _index.SetPacketId(change.Entry.Id, slot.PacketId);
                break;
            case StoreChangeKind.MessageReleased:
                _index.SetReleased(change.Entry.Id);
                break;
            case StoreChangeKind.MessageSettled:
                _index.RemoveEntry(change.Entry.Id);
                break;
            case StoreChangeKind.InboundReceived:
                _index.AddInbound(change.SessionId, slot.PacketId, slot.Row);
                break;
            case StoreChangeKind.InboundReleased:
                _index.RemoveInbound(change.SessionId, slot.PacketId);
                break;
        }
    }
}
