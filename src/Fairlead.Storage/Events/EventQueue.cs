using System.Buffers.Binary;
using Fairlead.Broker.Durability;

namespace Fairlead.Storage.Events;

/// <summary>Between the many threads that append and the one that writes.</summary>
internal sealed class EventQueue(int partitions, long mostBytes, long lastTime)
{
    private readonly object _gate = new();
    private EventGroup _open = new(partitions);
    private long _pendingBytes;
    private long _lastTime = lastTime;
    private bool _waits;
    private bool _alarm;
    private bool _closed;

    /// <summary>Bytes appended and not yet written.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Takes records that belong into one transaction. False when too much waits already, or after the end: the receipt was not held then.</summary>
    /// <param name="partition">Partition.</param>
    /// <param name="time">When they came, in milliseconds of the Unix epoch.</param>
    /// <param name="frames">Each record with its length in front, four bytes little-endian.</param>
    /// <param name="receipt">Who waits.</param>
    public bool TryAdd(int partition, long time, ReadOnlySpan<byte> frames, CommitReceipt? receipt)
    {
        lock (_gate)
        {
            if (_closed || _pendingBytes >= mostBytes) return false;
            // Never backwards: readers look for a time by halving.
            _lastTime = Math.Max(_lastTime, time);
            var before = _open.Bytes;
            while (frames.Length > 0)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(frames);
                _open.Add(partition, _lastTime, frames.Slice(sizeof(int), length));
                frames = frames[(sizeof(int) + length)..];
            }

            if (receipt is not null) _open.AddReceipt(receipt);
            _pendingBytes += _open.Bytes - before;
            Wake();
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
            Wake();
        }

        return true;
    }

    /// <summary>Makes <see cref="Wait"/> return, even with nothing to write.</summary>
    public void Alarm()
    {
        lock (_gate)
        {
            _alarm = true;
            Wake();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Wake();
        }
    }

    /// <summary>Waits for events, for the alarm, or for the end, and changes the group for an empty one.</summary>
    /// <param name="group">Gets what has come; must be empty.</param>
    /// <param name="alarm">Whether the alarm rang.</param>
    /// <returns>False when the queue is closed: these are the last.</returns>
    public bool Wait(ref EventGroup group, out bool alarm)
    {
        lock (_gate)
        {
            while (!_closed && !_alarm && _open.IsEmpty)
            {
                _waits = true;
                Monitor.Wait(_gate);
            }

            _waits = false;
            alarm = _alarm;
            _alarm = false;
            (group, _open) = (_open, group);
            return !_closed;
        }
    }

    /// <summary>Notes that so many bytes are no longer pending.</summary>
    public void Done(long bytes)
    {
        lock (_gate) _pendingBytes -= bytes;
    }

    private void Wake()
    {
        if (!_waits) return;
        _waits = false; // one pulse is enough
        Monitor.Pulse(_gate);
    }
}
