namespace Fairlead.Features.DirectMessages;

/// <summary>
/// Ends the waits whose time is over. There are only 15 timeouts, and calls with the same one end in the order in which they started:
/// a list for each, its head looked at a few times a second, is all that is needed. A timer for each call would cost more than the call.
/// </summary>
internal sealed class ConfirmationDeadlines(TimeProvider time)
{
    /// <summary>Longest timeout in seconds.</summary>
    public const int Longest = 15;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private readonly List[] _lists = [.. Enumerable.Range(0, Longest + 1).Select(static _ => new List())];
    private ITimer? _timer;
    private int _armed;

    /// <summary>Adds a call that starts to wait.</summary>
    public void Add(PendingConfirmation call)
    {
        var list = _lists[call.Seconds];
        lock (list)
        {
            call.Deadline = time.GetTimestamp() + (call.Seconds * time.TimestampFrequency);
            call.Previous = list.Last;
            if (list.Last is null) list.First = call;
            else list.Last.Next = call;
            list.Last = call;
        }

        if (Volatile.Read(ref _armed) == 0) Arm();
    }

    /// <summary>Takes a call out that waits no longer.</summary>
    public void Remove(PendingConfirmation call)
    {
        var list = _lists[call.Seconds];
        lock (list) list.Remove(call);
    }

    private void Arm()
    {
        if (Interlocked.Exchange(ref _armed, 1) != 0) return;
        _timer ??= time.CreateTimer(static state => ((ConfirmationDeadlines)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Step, Timeout.InfiniteTimeSpan);
    }

    private void Sweep()
    {
        var now = time.GetTimestamp();
        var any = false;
        foreach (var list in _lists)
        {
            while (true)
            {
                PendingConfirmation due;
                lock (list)
                {
                    any |= list.First is not null;
                    if (list.First is not { } first || first.Deadline > now) break;
                    due = first;
                    list.Remove(due);
                }

                due.OnTimeout();
            }
        }

        Volatile.Write(ref _armed, 0);
        // Whoever came between the look and the line above has armed it, or is seen here.
        if (any || Array.Exists(_lists, static list => Volatile.Read(ref list.First) is not null)) Arm();
    }

    /// <summary>Calls with one timeout. Guarded by its own lock.</summary>
    private sealed class List
    {
        public PendingConfirmation? First;
        public PendingConfirmation? Last;

        public void Remove(PendingConfirmation call)
        {
            if (call.Previous is null && First != call) return; // out already
            if (call.Previous is null) First = call.Next;
            else call.Previous.Next = call.Next;
            if (call.Next is null) Last = call.Previous;
            else call.Next.Previous = call.Previous;
            call.Previous = call.Next = null;
        }
    }
}
