namespace Fairlead.Edge.Spool;

/// <summary>How many messages were dropped, by class and reason.</summary>
internal sealed class DropCounters
{
    private static readonly int Classes = Enum.GetValues<MessageClass>().Length;
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    private readonly long[] _counts = new long[Classes * Reasons];

    /// <summary>All of them.</summary>
    public long Total
    {
        get
        {
            var total = 0L;
            foreach (var count in _counts) total += count;
            return total;
        }
    }

    /// <summary>Those of one class for one reason.</summary>
    public long this[MessageClass messageClass, DropReason reason] => _counts[Index(messageClass, reason)];

    /// <summary>Counts some more.</summary>
    public void Add(MessageClass messageClass, DropReason reason, long count = 1) => _counts[Index(messageClass, reason)] += count;

    /// <summary>Puts a count read from the file.</summary>
    public void Set(MessageClass messageClass, DropReason reason, long count) => _counts[Index(messageClass, reason)] = count;

    /// <summary>Adds those of another.</summary>
    public void Add(DropCounters other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    /// <summary>Sets all to zero.</summary>
    public void Clear() => Array.Clear(_counts);

    /// <summary>The counts as they stand, for a reader on another thread.</summary>
    public DropCounters Copy()
    {
        var copy = new DropCounters();
        _counts.CopyTo(copy._counts, 0);
        return copy;
    }

    private static int Index(MessageClass messageClass, DropReason reason) => ((int)messageClass * Reasons) + (int)reason;
}
