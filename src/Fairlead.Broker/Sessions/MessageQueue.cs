using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;

namespace Fairlead.Broker.Sessions;

/// <summary>Deliveries that wait for a connection or for room in the in-flight window; bounded in number and bytes. Guarded by the Session's lock.</summary>
internal sealed class MessageQueue(BrokerCounters counters)
{
    private readonly Queue<QueuedMessage> _entries = new();

    /// <summary>Deliveries that wait.</summary>
    public int Length => _entries.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Appends.</summary>
    public void Enqueue(QueuedMessage entry)
    {
        _entries.Enqueue(entry);
        Count(entry, 1);
    }

    /// <summary>The first, without taking it.</summary>
    public QueuedMessage Peek() => _entries.Peek();

    /// <summary>Takes the first.</summary>
    public QueuedMessage Dequeue()
    {
        var entry = _entries.Dequeue();
        Count(entry, -1);
        if (_entries.Count == 0 && _entries.Capacity > 256) _entries.TrimExcess(0);
        return entry;
    }

    /// <summary>Takes all that satisfy a condition, keeping the order of the rest.</summary>
    public List<QueuedMessage> TakeWhere(Func<QueuedMessage, bool> condition)
    {
        var taken = new List<QueuedMessage>();
        for (int n = _entries.Count; n > 0; n--)
        {
            var entry = Dequeue();
            if (condition(entry)) taken.Add(entry);
            else Enqueue(entry);
        }

        return taken;
    }

    private void Count(QueuedMessage entry, int sign)
    {
        Bytes += sign * (long)entry.Message.Size;
        Interlocked.Add(ref counters.QueuedField, sign);
        Interlocked.Add(ref counters.QueuedBytesField, sign * (long)entry.Message.Size);
    }
}
