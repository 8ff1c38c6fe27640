using Fairlead.Broker.Durability;

namespace Fairlead.Storage.Sqlite;

/// <summary>Between the many threads that announce changes and the one that writes them.</summary>
internal sealed class ChangeQueue
{
    public const int SmallChangeBytes = 64;

    private readonly object _gate = new();
    private ChangeGroup _open = new();
    private Waiting _waiting;
    private bool _alarm;
    private bool _closed;
    private int _pending;
    private long _pendingBytes;

    private enum Waiting
    {
        Nothing = 0,
        Anything = 1,
        Urgent = 2,
        Alarm = 3,
    }

    /// <summary>Changes announced and not yet committed.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Bytes that they hold.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Takes changes that belong into one transaction. False once the queue is closed.</summary>
    public bool TryAdd(ReadOnlySpan<StoreChange> changes)
    {
        lock (_gate)
        {
            if (_closed) return false;
            var urgent = false;
            foreach (ref readonly var change in changes)
            {
                var bytes = Measure(change, out var packetId);
                _open.Add(change, packetId, bytes);
                _pendingBytes += bytes;
                urgent |= IsUrgent(change);
            }

            _open.IsUrgent |= urgent;
            _pending += changes.Length;
            WakeFor(urgent);
        }

        return true;
    }

    /// <summary>False once the queue is closed.</summary>
    public bool TryAddFlush(TaskCompletionSource flush)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _open.AddFlush(flush);
            _pending++;
            WakeFor(urgent: true);
        }

        return true;
    }

    /// <summary>Makes <see cref="Wait"/> return, even with nothing to write.</summary>
    public void Alarm()
    {
        lock (_gate)
        {
            _alarm = true;
            if (_waiting is Waiting.Anything or Waiting.Alarm) Wake();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (_waiting != Waiting.Nothing) Wake();
        }
    }

    /// <summary>Waits for changes (unless <paramref name="alarmOnly"/>), for the alarm, or for the end, and takes the changes along.</summary>
    /// <param name="group">Gets the changes, behind those that it has.</param>
    /// <param name="alarmOnly">Whether changes alone are no reason to return.</param>
    /// <param name="atOnce">Whether not to wait at all: the caller has something else to do.</param>
    /// <param name="alarm">Whether the alarm rang.</param>
    /// <returns>False when the queue is closed: these are the last.</returns>
    public bool Wait(ref ChangeGroup group, bool alarmOnly, bool atOnce, out bool alarm)
    {
        lock (_gate)
        {
            while (!atOnce && !_closed && !_alarm && (alarmOnly || _open.Count == 0))
            {
                _waiting = alarmOnly ? Waiting.Alarm : Waiting.Anything;
                Monitor.Wait(_gate);
            }

            _waiting = Waiting.Nothing;
            alarm = _alarm;
            _alarm = false;
            if (group.Count == 0) (group, _open) = (_open, group);
            else group.Take(_open);
            return !_closed;
        }
    }

    /// <summary>Waits until something urgent is announced behind the group just taken, at most for the time given.</summary>
    public void WaitForUrgent(TimeSpan atMost)
    {
        lock (_gate)
        {
            if (_closed || _open.IsUrgent) return;
            _waiting = Waiting.Urgent;
            Monitor.Wait(_gate, atMost); // real time on purpose: it is a matter of disks, not of protocols
            _waiting = Waiting.Nothing;
        }
    }

    /// <summary>Notes that so many changes are no longer pending.</summary>
    public void Done(int count, long bytes)
    {
        lock (_gate)
        {
            _pending -= count;
            _pendingBytes -= bytes;
        }
    }

    /// <summary>Nobody waits for the end of a delivery unless he says so: it may go along with the next change that is waited for.</summary>
    private static bool IsUrgent(in StoreChange change) =>
        !change.MayBeCancelled && (change.Kind != StoreChangeKind.MessageSettled || change.Receipt is not null);

    /// <summary>Memory that a change holds until it is committed, estimated, and its Packet Identifier as announced.</summary>
    public static int Measure(in StoreChange change, out ushort packetId)
    {
        packetId = change.PacketId;
        switch (change.Kind)
        {
            case StoreChangeKind.MessageQueued:
                packetId = change.Entry.PacketId;
                return change.Entry.Message.Size;
            case StoreChangeKind.PacketIdAssigned:
                packetId = change.Entry.PacketId;
                return SmallChangeBytes;
            case StoreChangeKind.RetainedSaved:
                return change.Message.Size;
            case StoreChangeKind.DocumentSaved:
                return SmallChangeBytes + change.Document.Body.Length;
            default:
                return SmallChangeBytes;
        }
    }

    private void WakeFor(bool urgent)
    {
        if (_waiting == Waiting.Anything || (urgent && _waiting == Waiting.Urgent)) Wake();
    }

    private void Wake()
    {
        _waiting = Waiting.Nothing; // one pulse is enough
        Monitor.Pulse(_gate);
    }
}
