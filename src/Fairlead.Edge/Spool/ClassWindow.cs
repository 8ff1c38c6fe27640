namespace Fairlead.Edge.Spool;

/// <summary>The next messages of one class for one link, read ahead. Guarded by the cursor's lock.</summary>
internal sealed class ClassWindow
{
    /// <summary>Most messages read ahead.</summary>
    public const int MaximumMessages = 512;

    /// <summary>Most bytes read ahead, but for a single larger message.</summary>
    public const long MaximumBytes = 1024 * 1024;

    private readonly Queue<SpooledMessage> _messages = new();
    private long _bytes;

    /// <summary>All rows up to here were put into the window, or were not for this link.</summary>
    public long Position { get; set; }

    /// <summary>Highest row of the class.</summary>
    public long Tail { get; set; }

    /// <summary>Whether rows wait on the disk that were not read yet.</summary>
    public bool IsBehind => Position < Tail;

    /// <summary>Whether it is worth reading more.</summary>
    public bool WantsMore => IsBehind && _messages.Count <= MaximumMessages / 2 && _bytes <= MaximumBytes / 2;

    /// <summary>Messages that may be added now.</summary>
    public int Room => MaximumMessages - _messages.Count;

    /// <summary>Bytes that may be added now.</summary>
    public long ByteRoom => MaximumBytes - _bytes;

    /// <summary>Adds at the end.</summary>
    public void Add(SpooledMessage message)
    {
        _messages.Enqueue(message);
        _bytes += message.Size;
    }

    /// <summary>The next message, passing over discarded ones; null when none was read.</summary>
    public SpooledMessage? Peek()
    {
        while (_messages.TryPeek(out var message))
        {
            if (message.Hold != MessageHold.Discarded) return message;
            Dequeue();
        }

        return null;
    }

    /// <summary>Takes what <see cref="Peek"/> showed.</summary>
    public SpooledMessage Dequeue()
    {
        var message = _messages.Dequeue();
        _bytes -= message.Size;
        return message;
    }

    /// <summary>Looks a message up.</summary>
    public SpooledMessage? Find(long sequence)
    {
        foreach (var message in _messages)
        {
            if (message.Sequence >= sequence) return message.Sequence == sequence ? message : null;
        }

        return null;
    }
}
