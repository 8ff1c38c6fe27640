using Fairlead.Broker.Durability;

namespace Fairlead.Broker.Sessions;

/// <summary>Deliveries that wait for a connection or for room in the in-flight window; bounded in number and bytes. Guarded by the Session's lock.</summary>
internal sealed class MessageQueue
{
    private readonly Queue<QueuedMessage> _entries = new();

    /// <summary>Deliveries that wait.</summary>
    public int Count => _entries.Count;

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Appends.</summary>
    public void Enqueue(QueuedMessage entry)
    {
        _entries.Enqueue(entry);
        Bytes += entry.Message.Size;
    }

    /// <summary>The first, without taking it.</summary>
    public QueuedMessage Peek() => _entries.Peek();

    /// <summary>Takes the first.</summary>
    public QueuedMessage Dequeue()
    {
        var entry = _entries.Dequeue();
        Bytes -= entry.Message.Size;
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
}
