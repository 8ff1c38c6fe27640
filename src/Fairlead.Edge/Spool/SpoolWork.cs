namespace Fairlead.Edge.Spool;

/// <summary>What came for the writer since it looked the last time. Two of them take turns.</summary>
internal sealed class SpoolWork
{
    private const int LargestKeptCapacity = 16 * 1024;

    /// <summary>Messages to spool.</summary>
    public List<PendingAppend> Appends { get; } = [];

    /// <summary>Messages that links have done with.</summary>
    public List<Settlement> Settlements { get; } = [];

    /// <summary>Who waits until all before is written.</summary>
    public List<TaskCompletionSource> Flushes { get; } = [];

    /// <summary>Whether a timer rang.</summary>
    public bool Alarm { get; set; }

    /// <summary>Whether a cursor wants more.</summary>
    public bool Read { get; set; }

    /// <summary>Whether the local Session is new.</summary>
    public bool Forget { get; set; }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => Appends.Count == 0 && Settlements.Count == 0 && Flushes.Count == 0 && !Alarm && !Read && !Forget;

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Clear(Appends);
        Clear(Settlements);
        Flushes.Clear();
        Alarm = false;
        Read = false;
        Forget = false;
    }

    private static void Clear<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > LargestKeptCapacity) list.Capacity = 0;
    }
}
