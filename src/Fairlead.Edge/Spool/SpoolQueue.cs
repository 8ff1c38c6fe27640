namespace Fairlead.Edge.Spool;

/// <summary>Between the threads that bring and settle messages and the one that writes.</summary>
internal sealed class SpoolQueue(SpoolLimits limits)
{
    /// <summary>Undecided messages from which on <see cref="WaitForRoomAsync"/> waits.</summary>
    public const int MostPending = 64 * 1024;

    /// <summary>Bytes of undecided messages from which on it waits.</summary>
    public const long MostPendingBytes = 16 * 1024 * 1024;

    private readonly object _gate = new();
    private SpoolLimits _limits = limits;
    private SpoolWork _open = new();
    private TaskCompletionSource? _room;
    private bool _waiting;
    private bool _closed;
    private int _pending;
    private long _pendingBytes;

    /// <summary>Limits in force.</summary>
    public SpoolLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    /// <summary>False once the queue is closed.</summary>
    public bool TryAppend(in PendingAppend append)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _open.Appends.Add(append);
            _pending++;
            _pendingBytes += append.Size;
            Wake();
            return true;
        }
    }

    /// <summary>A link has done with a message.</summary>
    public void Settle(in Settlement settlement)
    {
        lock (_gate)
        {
            if (_closed) return; // it will be sent again after the next start
            _open.Settlements.Add(settlement);
            Wake();
        }
    }

    /// <summary>A cursor wants more.</summary>
    public void RequestRead()
    {
        lock (_gate)
        {
            if (_open.Read) return;
            _open.Read = true;
            Wake();
        }
    }

    /// <summary>The local Session is new.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _open.Forget = true;
            Wake();
        }
    }

    /// <summary>A timer rang.</summary>
    public void Alarm()
    {
        lock (_gate)
        {
            _open.Alarm = true;
            Wake();
        }
    }

    /// <summary>False once the queue is closed.</summary>
    public bool TryAddFlush(TaskCompletionSource flush)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _open.Flushes.Add(flush);
            Wake();
            return true;
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _room?.TrySetResult();
            _room = null;
            Wake();
        }
    }

    /// <summary>Takes along what has come.</summary>
    /// <param name="work">Gives an empty one, gets a full one.</param>
    /// <param name="wait">Whether to wait until something comes.</param>
    /// <returns>False when the queue is closed: this is the last.</returns>
    public bool Take(ref SpoolWork work, bool wait)
    {
        lock (_gate)
        {
            while (wait && !_closed && _open.IsEmpty)
            {
                _waiting = true;
                Monitor.Wait(_gate);
            }

            _waiting = false;
            (work, _open) = (_open, work);
            return !_closed;
        }
    }

    /// <summary>So many messages are decided.</summary>
    public void Done(int count, long bytes)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _pending -= count;
            _pendingBytes -= bytes;
            if (_room is null || IsFull) return;
            (room, _room) = (_room, null);
        }

        room.TrySetResult();
    }

    /// <summary>Waits until the writer has caught up.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!IsFull || _closed) return ValueTask.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task.WaitAsync(cancellationToken));
        }
    }

    private bool IsFull => _pending >= MostPending || _pendingBytes >= MostPendingBytes;

    private void Wake()
    {
        if (!_waiting) return;
        _waiting = false; // one pulse is enough
        Monitor.Pulse(_gate);
    }
}
