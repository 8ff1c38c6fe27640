namespace Fairlead.Edge.Spool;

/// <summary>Rows read ahead for a cursor; used again and again by the writer's thread.</summary>
internal sealed class ReadBatch
{
    private long _bytes;
    private long _maximumBytes;
    private bool _upgradeQosZero;

    /// <summary>Messages that were whole.</summary>
    public List<SpooledMessage> Messages { get; } = [];

    /// <summary>Sequences whose records were damaged.</summary>
    public List<long> Damaged { get; } = [];

    /// <summary>Rows that may be read.</summary>
    public int MaximumMessages { get; private set; }

    /// <summary>Rows read.</summary>
    public int Rows => Messages.Count + Damaged.Count;

    /// <summary>Sequence of the last row read; 0 for none.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Makes it ready for a read.</summary>
    public void Start(int maximumMessages, long maximumBytes, bool upgradeQosZero)
    {
        Messages.Clear();
        Damaged.Clear();
        MaximumMessages = maximumMessages;
        LastSequence = 0;
        _maximumBytes = maximumBytes;
        _upgradeQosZero = upgradeQosZero;
        _bytes = 0;
    }

    /// <summary>Takes a row; false when it is full and did not take it. The first is always taken.</summary>
    public bool Add(long sequence, long links, ReadOnlySpan<byte> body)
    {
        if (Rows > 0 && _bytes + body.Length > _maximumBytes) return false;
        _bytes += body.Length;
        LastSequence = sequence;
        if (RecordCodec.Decode(body, sequence, links, _upgradeQosZero) is { } message) Messages.Add(message);
        else Damaged.Add(sequence);
        return true;
    }
}
