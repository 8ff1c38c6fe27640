namespace Fairlead.Edge.Spool;

/// <summary>Keeps the limits within the open transaction: drops what is over and what must make room, and never what is under way.</summary>
internal sealed class SpoolRoom(SpoolState state, IReadOnlyList<LinkLimits> links)
{
    private const int ExpiredAtOnce = 4096;

    private readonly long[] _floors = new long[(int)MessageClass.Telemetry + 1];
    private readonly List<long> _expired = [];
    private SpoolFile _file = null!;
    private SpoolCursor[] _cursors = [];
    private SpoolLimits _limits = new();
    private List<SpooledMessage> _offers = [];

    /// <summary>Bits of all links.</summary>
    public long AllLinks { get; private set; }

    /// <summary>Uses a file just opened.</summary>
    public void Use(SpoolFile file, SpoolCursor[] cursors)
    {
        _file = file;
        _cursors = cursors;
        AllLinks = 0;
        foreach (var cursor in cursors) AllLinks |= cursor.Mask;
    }

    /// <summary>A transaction begins.</summary>
    /// <param name="limits">Limits in force.</param>
    /// <param name="offers">The messages stored in it so far.</param>
    public void Begin(SpoolLimits limits, List<SpooledMessage> offers)
    {
        _limits = limits;
        _offers = offers;
        Array.Clear(_floors);
    }

    /// <summary>Whether there is room for a message, by dropping the oldest if that is the rule.</summary>
    public bool TryMake(MessageClass messageClass, int size)
    {
        if (!CouldEverFit(messageClass, size)) return false;
        var own = _limits.Of(messageClass);
        while (Exceeds(own.MaximumMessages, own.MaximumBytes, state.MessagesOf(messageClass), state.BytesOf(messageClass), size))
        {
            if (_limits.Overflow != SpoolOverflow.DropOldest || !DropOldest(messageClass, messageClass)) return false;
        }

        while (Exceeds(_limits.MaximumMessages, _limits.MaximumBytes, state.TotalMessages, state.TotalBytes, size))
        {
            if (_limits.Overflow != SpoolOverflow.DropOldest || !DropOldest(MessageClass.Response, MessageClass.Telemetry)) return false;
        }

        return true;
    }

    /// <summary>Whether a message of that size would fit into an empty spool.</summary>
    public bool CouldEverFit(MessageClass messageClass, int size)
    {
        var own = _limits.Of(messageClass);
        return (own.MaximumBytes == 0 || size <= own.MaximumBytes) && (_limits.MaximumBytes == 0 || size <= _limits.MaximumBytes);
    }

    /// <summary>Has each link give up its oldest messages beyond its own limits.</summary>
    public void KeepLinkLimits()
    {
        for (var i = 0; i < links.Count; i++)
        {
            var (link, cursor) = (links[i], _cursors[i]);
            if (link.MaximumMessages == 0 && link.MaximumBytes == 0) continue;
            while (Exceeds(link.MaximumMessages, link.MaximumBytes, state.MessagesFor(cursor.Number) - 1, state.BytesFor(cursor.Number), 0))
            {
                if (!DropOldestFor(cursor)) break;
            }
        }
    }

    /// <summary>Drops what waits longer than it may.</summary>
    public void DropExpired(long now)
    {
        for (var messageClass = MessageClass.Response; messageClass <= MessageClass.Telemetry; messageClass++)
        {
            var table = _file[messageClass];
            _expired.Clear();
            table.ReadExpired(now, ExpiredAtOnce, _expired);
            foreach (var sequence in _expired)
            {
                if (table.TryGetRow(sequence, out var row)) Drop(messageClass, row, row.Links, DropReason.Expired);
            }

            DropOlder(table, messageClass, now);
        }
    }

    /// <summary>Links of the mask have done with a message.</summary>
    /// <param name="messageClass">Its class.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="mask">The links.</param>
    /// <param name="wanted">Links that wanted it at most.</param>
    /// <param name="size">Its size.</param>
    /// <returns>False when it was not there for them.</returns>
    public bool Release(MessageClass messageClass, long sequence, long mask, long wanted, int size)
    {
        var table = _file[messageClass];
        if ((wanted & ~mask) == 0)
        {
            if (!table.Delete(sequence)) return false;
            state.Count(messageClass, size, -1);
        }
        else
        {
            if (!table.ClearLinks(sequence, mask)) return false;
            if (table.DeleteIfDone(sequence)) state.Count(messageClass, size, -1);
        }

        state.CountLinks(mask, size, -1);
        return true;
    }

    /// <summary>Deletes a row for all its links.</summary>
    public bool Delete(MessageClass messageClass, in SpoolRow row) => Release(messageClass, row.Sequence, row.Links, row.Links, row.Size);

    private static bool Exceeds(long mostMessages, long mostBytes, long messages, long bytes, int size) =>
        (mostMessages > 0 && messages + 1 > mostMessages) || (mostBytes > 0 && bytes + size > mostBytes);

    private void DropOlder(SpoolTable table, MessageClass messageClass, long now)
    {
        var timeToLive = Shorter(_limits.TimeToLive, _limits.Of(messageClass).TimeToLive);
        if (timeToLive <= TimeSpan.Zero) return;
        var last = now - (long)timeToLive.TotalMilliseconds;
        var after = 0L;
        for (var i = 0; i < ExpiredAtOnce && table.TryGetHead(after, out var row) && row.ArrivedAt <= last; i++)
        {
            after = row.Sequence;
            Drop(messageClass, row, row.Links, DropReason.Expired);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        one <= TimeSpan.Zero ? other : other <= TimeSpan.Zero || one < other ? one : other;

    private bool DropOldest(MessageClass first, MessageClass last)
    {
        while (true)
        {
            var oldest = SpoolRow.None;
            var oldestClass = first;
            for (var messageClass = first; messageClass <= last; messageClass++)
            {
                if (!_file[messageClass].TryGetHead(_floors[(int)messageClass], out var row) || (oldest.Sequence != 0 && row.Sequence > oldest.Sequence)) continue;
                oldest = row;
                oldestClass = messageClass;
            }

            if (oldest.Sequence == 0) return false;
            _floors[(int)oldestClass] = oldest.Sequence;
            if (Drop(oldestClass, oldest, oldest.Links, DropReason.Overflow)) return true;
        }
    }

    private bool DropOldestFor(SpoolCursor cursor)
    {
        var floor = 0L;
        while (true)
        {
            var oldest = SpoolRow.None;
            var oldestClass = MessageClass.Response;
            for (var messageClass = MessageClass.Response; messageClass <= MessageClass.Telemetry; messageClass++)
            {
                if (!_file[messageClass].TryGetHeadFor(floor, cursor.Mask, out var row) || (oldest.Sequence != 0 && row.Sequence > oldest.Sequence)) continue;
                oldest = row;
                oldestClass = messageClass;
            }

            if (oldest.Sequence == 0) return false;
            floor = oldest.Sequence;
            var before = state.MessagesFor(cursor.Number);
            Drop(oldestClass, oldest, cursor.Mask, DropReason.Overflow);
            if (state.MessagesFor(cursor.Number) < before) return true;
        }
    }

    /// <summary>Drops a message for those of the links that do not have it under way.</summary>
    /// <returns>Whether the row is gone.</returns>
    private bool Drop(MessageClass messageClass, in SpoolRow row, long links, DropReason reason)
    {
        var claimed = 0L;
        foreach (var cursor in _cursors)
        {
            if ((links & cursor.Mask) != 0 && cursor.TryClaim(messageClass, row.Sequence)) claimed |= cursor.Mask;
        }

        if (claimed == 0 || !Release(messageClass, row.Sequence, claimed, row.Links, row.Size)) return false;
        state.Dropped.Add(messageClass, reason);
        Withdraw(row.Sequence, claimed);
        return claimed == row.Links;
    }

    /// <summary>A message stored in this very transaction must not be offered to the links that dropped it.</summary>
    private void Withdraw(long sequence, long links)
    {
        var index = _offers.Count == 0 ? -1 : sequence - _offers[0].Sequence;
        if (index >= 0) _offers[(int)index].Links &= ~links;
    }
}
