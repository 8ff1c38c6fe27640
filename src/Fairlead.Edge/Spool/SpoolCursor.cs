using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Fairlead.Edge.Spool;

/// <summary>
/// What one link has still to send. One task takes; acknowledgments may come from any thread. The writer reads ahead into a window for
/// each class, so that memory stays flat however much waits on the disk.
/// </summary>
internal sealed class SpoolCursor
{
    private const int Classes = (int)MessageClass.Telemetry + 1;

    private readonly SpoolQueue _queue;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ClassWindow[] _windows = [new(), new(), new(), new()];
    private readonly Dictionary<long, SpooledMessage> _inFlight = [];
    private readonly Queue<SpooledMessage> _again = new();
    private readonly List<SpooledMessage> _claims = [];
    private readonly PoisonWatch _poison = new();
    private readonly PriorityShare _share = new();
    private readonly AsyncSignal _signal = new();
    private long _taken;
    private long _pending;

    internal SpoolCursor(string link, int number, SpoolQueue queue, TimeProvider time)
    {
        Link = link;
        Number = number;
        _queue = queue;
        _time = time;
    }

    /// <summary>Name of the link.</summary>
    public string Link { get; }

    /// <summary>Messages that wait for this link, those under way included.</summary>
    public long Pending
    {
        get => Volatile.Read(ref _pending);
        internal set => Volatile.Write(ref _pending, value);
    }

    /// <summary>Messages taken and neither acknowledged nor refused, nor put back by <see cref="Rewind"/>.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate) return _inFlight.Count - _again.Count;
        }
    }

    /// <summary>
    /// Whether something is still to be taken, be it only on the disk: <see cref="TryTake"/> may have nothing for a moment all the same.
    /// </summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                foreach (var window in _windows)
                {
                    if (window.IsBehind || window.Peek() is not null) return true;
                }

                return _again.Count > 0;
            }
        }
    }

    /// <summary>Number of the link; bit of the masks.</summary>
    internal int Number { get; }

    /// <summary>Bit of the link.</summary>
    internal long Mask => 1L << Number;

    /// <summary>
    /// Takes the next message in order; after <see cref="Rewind"/> first those that were under way. Expired ones are passed over and counted.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <returns>False when nothing is there now; see <see cref="WaitAsync"/>.</returns>
    public bool TryTake([NotNullWhen(true)] out SpooledMessage? message)
    {
        var limits = _queue.Limits;
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            while ((message = NextAgain() ?? NextNew(limits)) is not null)
            {
                if (!IsOver(message, limits, now))
                {
                    message.Attempts++;
                    message.TakenAt = _time.GetTimestamp();
                    if (message.TakeNumber == 0) message.TakeNumber = ++_taken;
                    _inFlight[message.Sequence] = message;
                    return true;
                }

                _inFlight.Remove(message.Sequence);
                _queue.Settle(new Settlement(message, Number, SettlementEnd.Expired));
            }
        }

        return false;
    }

    /// <summary>Waits until <see cref="TryTake"/> may have something; may return early.</summary>
    public Task WaitAsync(CancellationToken cancellationToken = default) => _signal.WaitAsync(cancellationToken);

    /// <summary>
    /// The remote side has it (PUBACK; for QoS 0: it was handed to the socket). The record is freed when each link has said so.
    /// </summary>
    /// <param name="message">Taken before.</param>
    public void Acknowledge(SpooledMessage message) => Settle(new Settlement(message, Number, SettlementEnd.Acknowledged));

    /// <summary>It cannot be sent: it moves to the dead-letter store.</summary>
    /// <param name="message">Taken before.</param>
    /// <param name="reason">Why.</param>
    /// <param name="detail">One line for people.</param>
    public void Refuse(SpooledMessage message, DeadLetterReason reason, string detail) =>
        Settle(new Settlement(message, Number, SettlementEnd.Refused, reason, detail));

    /// <summary>
    /// The connection is gone: what was under way will be taken again first, in its order, with <see cref="SpooledMessage.Attempts"/> above 1.
    /// </summary>
    /// <param name="lost">
    /// Whether the connection was lost, and not closed on purpose. A message that was the first unacknowledged one at three losses in a row,
    /// each within ten seconds of sending it, moves to the dead-letter store (spec 8.3).
    /// </param>
    /// <returns>The message moved to the dead-letter store, if one was.</returns>
    public SpooledMessage? Rewind(bool lost)
    {
        SpooledMessage? poison = null;
        lock (_gate)
        {
            var notAgain = _again.Select(static message => message.Sequence).ToHashSet();
            var underWay = _inFlight.Values.OrderBy(static message => message.TakeNumber).ToList();
            var first = underWay.Find(message => !notAgain.Contains(message.Sequence));
            if (!lost) _poison.Reset();
            else if (_poison.OnLoss(first, first is null ? default : _time.GetElapsedTime(first.TakenAt))) poison = first;
            _again.Clear();
            foreach (var message in underWay)
            {
                if (message != poison) _again.Enqueue(message);
            }
        }

        if (poison is not null) Refuse(poison, DeadLetterReason.Poison, "three connections in a row were lost right after it was sent");
        _signal.Set();
        return poison;
    }

    /// <summary>Whether rows of a class should be read, and which. For the writer's thread.</summary>
    internal bool WantsMore(MessageClass messageClass, out long after, out int room, out long byteRoom)
    {
        lock (_gate)
        {
            var window = _windows[(int)messageClass];
            (after, room, byteRoom) = (window.Position, window.Room, window.ByteRoom);
            return window.WantsMore;
        }
    }

    /// <summary>Puts rows read from the disk behind the window.</summary>
    /// <param name="messageClass">Their class.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="atEnd">Whether the table was read to its end.</param>
    internal void Fill(MessageClass messageClass, ReadBatch batch, bool atEnd)
    {
        lock (_gate)
        {
            var window = _windows[(int)messageClass];
            foreach (var message in batch.Messages) window.Add(message);
            window.Position = atEnd ? window.Tail : Math.Max(window.Position, batch.LastSequence);
        }

        _signal.Set();
    }

    /// <summary>Notes how far a table reaches when the file is opened.</summary>
    internal void SetTail(MessageClass messageClass, long sequence)
    {
        lock (_gate) _windows[(int)messageClass].Tail = Math.Max(_windows[(int)messageClass].Tail, sequence);
    }

    /// <summary>Takes over messages just committed, in order; those that do not fit are read from the disk later.</summary>
    internal void Offer(ReadOnlySpan<SpooledMessage> messages)
    {
        var any = false;
        lock (_gate)
        {
            foreach (var message in messages)
            {
                if ((message.Links & Mask) == 0) continue;
                any = true;
                var window = _windows[(int)message.Class];
                if (!window.IsBehind && window.Room > 0 && window.ByteRoom >= message.Size)
                {
                    window.Add(BitOperations.PopCount((ulong)message.Links) == 1 ? message : message.ForAnotherLink());
                    window.Position = message.Sequence;
                }

                window.Tail = message.Sequence;
            }
        }

        if (any) _signal.Set();
    }

    /// <summary>The writer wants to drop a message for this link in the open transaction.</summary>
    /// <returns>False when it is under way or settled already.</returns>
    internal bool TryClaim(MessageClass messageClass, long sequence)
    {
        lock (_gate)
        {
            if (_inFlight.ContainsKey(sequence)) return false;
            var window = _windows[(int)messageClass];
            if (sequence > window.Position) return true; // still on the disk alone
            if (window.Find(sequence) is not { Hold: MessageHold.Waiting } message) return false;
            message.Hold = MessageHold.Claimed;
            _claims.Add(message);
            return true;
        }
    }

    /// <summary>The transaction is over.</summary>
    /// <param name="dropped">Whether what was claimed is gone.</param>
    internal void EndClaims(bool dropped)
    {
        lock (_gate)
        {
            if (_claims.Count == 0) return;
            foreach (var message in _claims) message.Hold = dropped ? MessageHold.Discarded : MessageHold.Waiting;
            _claims.Clear();
        }

        _signal.Set();
    }

    private static bool IsOver(SpooledMessage message, SpoolLimits limits, long now) =>
        (message.ExpiresAt != 0 && message.ExpiresAt <= now)
        || IsOlderThan(message, limits.TimeToLive, now) || IsOlderThan(message, limits.Of(message.Class).TimeToLive, now);

    private static bool IsOlderThan(SpooledMessage message, TimeSpan timeToLive, long now) =>
        timeToLive > TimeSpan.Zero && message.ArrivedAt + (long)timeToLive.TotalMilliseconds <= now;

    private void Settle(in Settlement settlement)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(settlement.Message.Sequence)) return; // said before
        }

        _queue.Settle(settlement);
    }

    private SpooledMessage? NextAgain()
    {
        while (_again.TryDequeue(out var message))
        {
            if (_inFlight.ContainsKey(message.Sequence)) return message; // else its PUBACK came late
        }

        return null;
    }

    private SpooledMessage? NextNew(SpoolLimits limits)
    {
        Span<bool> waiting = stackalloc bool[Classes];
        var oldest = -1;
        var oldestSequence = long.MaxValue;
        var isIncomplete = false;
        for (var i = 0; i < Classes; i++)
        {
            var head = _windows[i].Peek();
            if (_windows[i].WantsMore) _queue.RequestRead();
            waiting[i] = head is not null || _windows[i].IsBehind;
            isIncomplete |= head is null ? _windows[i].IsBehind : head.Hold == MessageHold.Claimed;
            if (head is null || head.Sequence >= oldestSequence) continue;
            oldestSequence = head.Sequence;
            oldest = i;
        }

        if (isIncomplete) return null; // the order is not known before the writer has read on
        if (limits.Order == SpoolOrder.Fifo) return oldest < 0 ? null : _windows[oldest].Dequeue();
        var chosen = _share.Choose(waiting, limits.MinimumShare);
        if (chosen < 0) return null;
        _share.OnTaken(chosen, waiting, limits.MinimumShare);
        return _windows[chosen].Dequeue();
    }
}
