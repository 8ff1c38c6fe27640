using System.Runtime.InteropServices;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Spool;

/// <summary>
/// Writes what came in one transaction: first what links have done with, then what is over, then the new messages, which may push out old
/// ones. Cursors and receipts learn of it after the commit alone, so that a failed transaction leaves nothing to undo.
/// </summary>
internal sealed class SpoolWriter(SpoolQueue queue, SpoolState state, TimeProvider time, IReadOnlyList<LinkLimits> links, SpoolLog log)
{
    private const int MostAppends = 4096;
    private const long MostBytes = 4 * 1024 * 1024;

    private readonly Queue<PendingAppend> _appends = new();
    private readonly List<Settlement> _settlements = [];
    private readonly List<SpoolOutcome> _outcomes = [];
    private readonly List<SpooledMessage> _offers = [];
    private readonly DropCounters _unsaved = new(); // counted outside a transaction, saved by the next
    private readonly ReadBatch _batch = new();
    private readonly List<(MessageClass Class, long Sequence)> _damaged = [];
    private readonly RecordCodec _codec = new();
    private readonly SpoolRoom _room = new(state, links);
    private SpoolFile _file = null!;
    private SpoolCursor[] _cursors = [];
    private int _mostAppends = MostAppends;
    private long _decidedBytes;
    private bool _forget;
    private bool _expire;

    /// <summary>Messages ever stored in this process.</summary>
    public long Stored { get; private set; }

    /// <summary>Deliveries recognised as sent again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Whether the message at the head waits for room.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Whether something can be written now.</summary>
    public bool HasWork => _settlements.Count > 0 || _damaged.Count > 0 || (_appends.Count > 0 && !IsFull) || _expire || _forget;

    /// <summary>Uses a file just opened.</summary>
    public void Use(SpoolFile file, SpoolCursor[] cursors)
    {
        _file = file;
        _cursors = cursors;
        _damaged.Clear();
        _room.Use(file, cursors);
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            foreach (var cursor in cursors) cursor.SetTail(messageClass, file[messageClass].LastSequence());
        }

        Publish();
    }

    /// <summary>Takes over what came.</summary>
    /// <param name="work">It.</param>
    /// <param name="isStuck">Whether nothing can be written now.</param>
    public void Accept(SpoolWork work, bool isStuck)
    {
        _settlements.AddRange(work.Settlements);
        _forget |= work.Forget;
        if (work.Alarm) IsFull = false; // limits may have changed: look again
        foreach (var append in work.Appends)
        {
            if ((isStuck || IsFull) && append.Entry.QoS == QualityOfService.AtMostOnce)
            {
                _unsaved.Add(append.Entry.Class, DropReason.Blocked);
                append.Receipt.Complete(SpoolOutcome.Dropped);
                queue.Done(1, append.Size);
            }
            else
            {
                _appends.Enqueue(append);
            }
        }
    }

    /// <summary>Has the next transaction look for messages whose time is over.</summary>
    public void ExpectExpiry() => _expire = true;

    /// <summary>Writes one group.</summary>
    /// <param name="withAppends">Whether new messages too; without them it makes room and takes none.</param>
    /// <exception cref="Fairlead.Sqlite.SqliteFailure">Nothing of it was written.</exception>
    public void Write(bool withAppends)
    {
        var committed = false;
        try
        {
            _file.Begin(withAppends && _appends.Count > 0);
            state.Dropped.Add(_unsaved);
            if (_forget) state.Recent.Clear();
            foreach (var settlement in CollectionsMarshal.AsSpan(_settlements)) Settle(settlement);
            foreach (var (messageClass, sequence) in _damaged) DropDamaged(messageClass, sequence);
            _room.Begin(queue.Limits, _offers);
            if (_expire) _room.DropExpired(Now);
            if (withAppends) AppendAll();
            _file.Commit(state);
            committed = true;
            Apply();
        }
        finally
        {
            if (!committed) _file.RollBack(state);
            foreach (var cursor in _cursors) cursor.EndClaims(dropped: committed);
            _offers.Clear();
            _outcomes.Clear();
        }
    }

    /// <summary>After a failure for want of room: has the next transaction take half as many messages.</summary>
    /// <returns>False when it was one message already, or none.</returns>
    public bool TryHalve()
    {
        var most = Math.Min(_mostAppends, _appends.Count);
        if (most <= 1) return false;
        _mostAppends = most / 2;
        return true;
    }

    /// <summary>Reads ahead for the cursors that want more.</summary>
    public void Read()
    {
        foreach (var cursor in _cursors)
        {
            for (var messageClass = MessageClass.Response; messageClass <= MessageClass.Telemetry; messageClass++)
            {
                if (!cursor.WantsMore(messageClass, out var after, out var room, out var byteRoom)) continue;
                _batch.Start(room, byteRoom, queue.Limits.UpgradeQosZero);
                var atEnd = _file[messageClass].Read(after, cursor.Mask, _batch);
                foreach (var sequence in _batch.Damaged) _damaged.Add((messageClass, sequence));
                cursor.Fill(messageClass, _batch, atEnd);
            }
        }
    }

    /// <summary>Arrival of the oldest message in Unix milliseconds; 0 when there is none.</summary>
    public long OldestArrival()
    {
        if (state.TotalMessages == 0) return 0;
        var oldest = SpoolRow.None;
        for (var messageClass = MessageClass.Response; messageClass <= MessageClass.Telemetry; messageClass++)
        {
            if (_file[messageClass].TryGetHead(0, out var row) && (oldest.Sequence == 0 || row.Sequence < oldest.Sequence)) oldest = row;
        }

        return oldest.ArrivedAt;
    }

    /// <summary>The end: who still waits is told that nothing was kept.</summary>
    /// <returns>How many.</returns>
    public int Abandon()
    {
        var count = _appends.Count;
        while (_appends.TryDequeue(out var append)) append.Receipt.Complete(SpoolOutcome.Abandoned);
        return count;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Settle(in Settlement settlement)
    {
        var message = settlement.Message;
        if (!_room.Release(message.Class, message.Sequence, settlement.Mask, message.Links, message.Size)) return;
        if (settlement.End == SettlementEnd.Expired) state.Dropped.Add(message.Class, DropReason.Expired);
        if (settlement.End != SettlementEnd.Refused) return;
        state.DeadLettered++;
        var number = settlement.Link;
        var link = Array.Find(_cursors, cursor => cursor.Number == number);
        state.DeadLetterBytes += _file.DeadLetters.Add(settlement, link?.Link ?? "", Now, state.DeadLetterBytes, queue.Limits.DeadLetterBytes);
    }

    private void DropDamaged(MessageClass messageClass, long sequence)
    {
        if (!_file[messageClass].TryGetRow(sequence, out var row) || !_room.Delete(messageClass, row)) return;
        state.Dropped.Add(messageClass, DropReason.Damaged);
        log.DamagedRecord(_file.Path, messageClass, sequence);
    }

    private void AppendAll()
    {
        var now = Now;
        var bytes = 0L;
        IsFull = false;
        _decidedBytes = 0;
        foreach (var append in _appends)
        {
            if (_outcomes.Count == _mostAppends || bytes > MostBytes) break;
            var outcome = Decide(append, now);
            if (outcome == SpoolOutcome.Pending)
            {
                IsFull = true;
                break;
            }

            bytes += outcome == SpoolOutcome.Stored ? append.Size : 0;
            _decidedBytes += append.Size;
            _outcomes.Add(outcome);
        }
    }

    private SpoolOutcome Decide(in PendingAppend append, long now)
    {
        var entry = append.Entry;
        var limits = queue.Limits;
        if (entry.IsRepeat && entry.PacketId != 0 && state.Recent.Contains(entry)) return SpoolOutcome.Duplicate;
        if (entry.QoS == QualityOfService.AtMostOnce && !limits.KeepQosZero) return Drop(entry, DropReason.QosZero);
        if (entry.ExpiresAt != 0 && entry.ExpiresAt <= now) return Drop(entry, DropReason.Expired);
        if (!_room.TryMake(entry.Class, append.Size))
        {
            if (limits.Overflow != SpoolOverflow.Block || !_room.CouldEverFit(entry.Class, append.Size)) return Drop(entry, DropReason.Overflow);
            return entry.QoS == QualityOfService.AtMostOnce ? Drop(entry, DropReason.Blocked) : SpoolOutcome.Pending;
        }

        Store(entry, append.Size);
        return SpoolOutcome.Stored;
    }

    private SpoolOutcome Drop(SpoolEntry entry, DropReason reason)
    {
        state.Dropped.Add(entry.Class, reason);
        return SpoolOutcome.Dropped;
    }

    private void Store(SpoolEntry entry, int size)
    {
        var sequence = ++state.LastSequence;
        var all = _room.AllLinks;
        var wanted = entry.Links == 0 ? all : entry.Links & all;
        _file[entry.Class].Insert(sequence, wanted, entry.ArrivedAt, entry.ExpiresAt, _codec.Encode(sequence, entry));
        state.Count(entry.Class, size, 1);
        state.CountLinks(wanted, size, 1);
        if (entry.PacketId != 0) state.Recent.Add(entry);
        _offers.Add(RecordCodec.ToMessage(entry, sequence, wanted, queue.Limits.UpgradeQosZero));
        _room.KeepLinkLimits();
    }

    /// <summary>After the commit.</summary>
    private void Apply()
    {
        _settlements.Clear();
        _damaged.Clear();
        _unsaved.Clear();
        _forget = false;
        _expire = false;
        Publish();
        foreach (var cursor in _cursors) cursor.Offer(CollectionsMarshal.AsSpan(_offers));
        if (_outcomes.Count == 0) return;
        _mostAppends = Math.Min(MostAppends, 2 * _mostAppends);
        foreach (var outcome in CollectionsMarshal.AsSpan(_outcomes))
        {
            Stored += outcome == SpoolOutcome.Stored ? 1 : 0;
            Duplicates += outcome == SpoolOutcome.Duplicate ? 1 : 0;
            _appends.Dequeue().Receipt.Complete(outcome);
        }

        queue.Done(_outcomes.Count, _decidedBytes);
    }

    private void Publish()
    {
        foreach (var cursor in _cursors) cursor.Pending = state.MessagesFor(cursor.Number);
    }
}
