namespace Fairlead.Amqp.Connections;

/// <summary>
/// Tells handlers what happened, outside the gate, in order, one at a time. What a call of a handler's own caused is told on a thread of
/// the pool, never inside that call, so that callers may hold locks of theirs. Bounded by what links can cause: credit is told once for a link
/// that waits for it, outcomes by the unsettled deliveries, all else once for each link and session.
/// </summary>
internal sealed class Notices(AmqpConnection connection) : IThreadPoolWorkItem
{
    private readonly Queue<Notice> _queue = [];
    private bool _running;
    private bool _scheduled;

    /// <summary>Adds one. Under the gate.</summary>
    public void Add(in Notice notice) => _queue.Enqueue(notice);

    /// <summary>Sees to it that what waits is told, now or by a thread of the pool. Outside the gate.</summary>
    public void Run(bool inline)
    {
        if (inline)
        {
            Execute();
            return;
        }

        lock (connection.Gate)
        {
            if (_queue.Count == 0 || _running || _scheduled) return;
            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Execute()
    {
        lock (connection.Gate)
        {
            _scheduled = false;
            if (_running || _queue.Count == 0) return;
            _running = true;
        }

        while (true)
        {
            Notice notice;
            lock (connection.Gate)
            {
                if (!_queue.TryDequeue(out notice))
                {
                    _running = false;
                    break;
                }
            }

            try
            {
                Tell(notice);
            }
            catch (Exception exception)
            {
                // A handler must not throw; when it does, nothing that follows can be trusted.
                connection.Fail(exception);
            }
        }

        connection.Kick();
    }

    private void Tell(in Notice notice)
    {
        switch (notice.Kind)
        {
            case NoticeKind.Attach: connection.Handler.OnAttach((AttachRequest)notice.Subject); break;
            case NoticeKind.Begun: connection.Handler.OnBegun((AmqpSession)notice.Subject); break;
            case NoticeKind.Ended: connection.Handler.OnEnded((AmqpSession)notice.Subject, notice.Error); break;
            case NoticeKind.Detached: ((AmqpLink)notice.Subject).TellDetached(notice.Error); break;
            case NoticeKind.Credit: ((AmqpSender)notice.Subject).TellCredit(); break;
            case NoticeKind.Outcome: ((AmqpSender)notice.Subject).TellOutcome(notice.Outcome); break;
            case NoticeKind.Settled:
                var settled = (AmqpReceiver)notice.Subject;
                settled.Handler?.OnSettled(settled, notice.Outcome.DeliveryId, notice.Outcome.State);
                break;
            case NoticeKind.Drained:
                var drained = (AmqpReceiver)notice.Subject;
                drained.Handler?.OnDrained(drained);
                break;
        }
    }
}
