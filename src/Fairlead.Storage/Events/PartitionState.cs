namespace Fairlead.Storage.Events;

/// <summary>
/// What is known about one partition without looking at the disk, and its newest blocks. Read by any thread, changed by the writer's alone.
/// </summary>
internal sealed class PartitionState(int index, int tailBytes)
{
    private readonly Lock _gate = new();
    private readonly Queue<EventBlock> _tail = new();
    private long _tailBytes;
    private Action[] _listeners = [];

    /// <summary>Sequence number of the oldest event; equal to <see cref="Next"/> without any.</summary>
    public long First { get; private set; }

    /// <summary>Sequence number that the next event gets.</summary>
    public long Next { get; private set; }

    /// <summary>Bytes of all events.</summary>
    public long Bytes { get; private set; }

    /// <summary>Time of arrival of the newest event ever, in milliseconds of the Unix epoch; 0 without any.</summary>
    public long LastTime { get; private set; }

    /// <summary>Which partition it is.</summary>
    public int Index => index;

    /// <summary>First, next and last time as they belong together.</summary>
    public (long First, long Next, long LastTime) Bounds
    {
        get
        {
            lock (_gate) return (First, Next, LastTime);
        }
    }

    /// <summary>As found in the file.</summary>
    public void Load(long first, long next, long bytes, long lastTime)
    {
        (First, Next, Bytes, LastTime) = (first, next, bytes, lastTime);
    }

    /// <summary>Events were written.</summary>
    public void Append(IEnumerable<EventBlock> blocks)
    {
        lock (_gate)
        {
            foreach (var block in blocks)
            {
                _tail.Enqueue(block);
                _tailBytes += block.Body.Length;
                Bytes += block.Body.Length;
                Next = block.Next;
                LastTime = block.LastTime;
            }

            while (_tailBytes > tailBytes && _tail.Count > 1) Forget();
        }
    }

    /// <summary>The oldest events were removed.</summary>
    public void Remove(long first, long bytes)
    {
        lock (_gate)
        {
            First = first;
            Bytes -= bytes;
            while (_tail.TryPeek(out var oldest) && oldest.Next <= first) Forget();
        }
    }

    /// <summary>The block with an event, when it is in memory.</summary>
    public EventBlock? Find(long sequence)
    {
        lock (_gate)
        {
            foreach (var block in _tail)
            {
                if (sequence < block.First) return null;
                if (sequence < block.Next) return block;
            }

            return null;
        }
    }

    /// <summary>The oldest block in memory with an event of that time or later; null when the tail starts later.</summary>
    public EventBlock? FindTime(long time)
    {
        lock (_gate)
        {
            EventBlock? before = null;
            foreach (var block in _tail)
            {
                if (block.LastTime >= time) return before is null && block.First > First ? null : block;
                before = block;
            }

            return null;
        }
    }

    /// <summary>Calls back after each group with events of this partition, on the writer's thread.</summary>
    public void Listen(Action listener)
    {
        lock (_gate) _listeners = [.. _listeners, listener];
    }

    public void Unlisten(Action listener)
    {
        lock (_gate) _listeners = [.. _listeners.Where(known => known != listener)];
    }

    /// <summary>Who wants to hear.</summary>
    public Action[] Listeners => Volatile.Read(ref _listeners);

    private void Forget() => _tailBytes -= _tail.Dequeue().Body.Length;
}
