using Fairlead.Amqp.Connections;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link. All members may be called on any thread.</summary>
public abstract class AmqpLink
{
    private readonly TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _detached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _told;
    private bool _abandoned;
    private bool _wasAttached;
    private long _movedAt;
    private long _rejected;

    private protected AmqpLink(AmqpSession session, string name)
    {
        Session = session;
        Name = name;
    }

    /// <summary>The session.</summary>
    public AmqpSession Session { get; }

    /// <summary>The link's name.</summary>
    public string Name { get; }

    /// <summary>Whether this side receives on it.</summary>
    public abstract bool IsReceiver { get; }

    /// <summary>What the peer said in attach; null before it did. Of a link that this side asked for, only its modes are kept once it is attached.</summary>
    public Attach? Remote { get; private set; }

    /// <summary>What this side said in attach; null before it did. Of a link that this side asked for, only its modes are kept once it is attached.</summary>
    public Attach? Local { get; private set; }

    /// <summary>Deliveries that the other side may still send, of a link that receives; that this side may, of one that sends.</summary>
    public abstract uint Credit { get; }

    /// <summary>Deliveries on their way that are not settled.</summary>
    public abstract int Unsettled { get; }

    /// <summary>Deliveries that the receiving side has rejected.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    /// <summary>How long there have been unsettled deliveries of which none was settled; zero without any.</summary>
    public TimeSpan Stalled => Unsettled == 0 ? TimeSpan.Zero : Session.Connection.Options.Time.GetElapsedTime(Volatile.Read(ref _movedAt));

    /// <summary>Whether the link is attached at both ends.</summary>
    public bool IsAttached => Phase == LinkPhase.Attached;

    /// <summary>Anything the host wants to keep with the link.</summary>
    public object? State { get; set; }

    internal LinkPhase Phase { get; private set; }

    internal uint Handle { get; set; }

    /// <summary>Bytes of the peer's attach frame.</summary>
    internal int AttachSize { get; set; }

    /// <summary>Whether the peer has attached it too, were it to refuse it. Under the gate.</summary>
    internal bool HasRemote => Remote is not null;

    private protected abstract bool HasHandler { get; }

    /// <summary>Detaches and closes the link; does not wait.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public void Detach(AmqpError? error = null)
    {
        lock (Session.Connection.Gate) Detach(error, closed: true);
        Session.Connection.Kick();
    }

    /// <summary>Detaches and closes the link and waits for the peer's answer, or for the end of session or connection.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public Task DetachAsync(AmqpError? error = null)
    {
        Detach(error);
        return _detached.Task;
    }

    internal async Task WhenAttachedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _attached.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (Session.Connection.Gate)
            {
                if (Phase == LinkPhase.AttachSent) _abandoned = true;
                else Detach(null, closed: true);
            }

            Session.Connection.Kick();
            throw;
        }
    }

    internal void SendAttach(Attach attach)
    {
        Local = attach;
        Phase = Phase == LinkPhase.AttachReceived ? LinkPhase.Attached : LinkPhase.AttachSent;
        Session.SendAttach(attach);
    }

    /// <summary>The peer has answered our attach.</summary>
    internal void OnAnswered(Attach attach)
    {
        Remote = attach;
        // An answer without the far terminus refuses; the detach with the reason follows (spec 2.4 rule 4).
        if ((IsReceiver ? attach.Source is null : attach.Target is null) && !_abandoned) return;
        Phase = LinkPhase.Attached;
        if (_abandoned)
        {
            Detach(null, closed: true);
            return;
        }

        _wasAttached = true;
        OnAttached(attach);
        (Local, Remote) = (KeepModes(Local!), KeepModes(attach));
        _attached.TrySetResult();
    }

    /// <summary>The peer wants the link; the host decides.</summary>
    internal void OnRequested(Attach attach)
    {
        Remote = attach;
        Phase = LinkPhase.AttachReceived;
    }

    /// <summary>The host lets the peer have the link.</summary>
    internal void Accept(AttachReply reply)
    {
        _wasAttached = true;
        if (Phase != LinkPhase.AttachReceived)
        {
            TellGone(null);
            return;
        }

        var remote = Remote!;
        if (!Session.TryAssign(this)) return;
        SendAttach(new Attach
        {
            Name = Name,
            Handle = Handle,
            IsReceiver = IsReceiver,
            SenderSettleMode = reply.SenderSettleMode ?? remote.SenderSettleMode,
            ReceiverSettleMode = reply.ReceiverSettleMode ?? remote.ReceiverSettleMode,
            Source = reply.Source ?? remote.Source ?? new Source(),
            Target = reply.Target ?? remote.Target ?? new Target(),
            InitialDeliveryCount = IsReceiver ? null : reply.InitialDeliveryCount,
            MaxMessageSize = IsReceiver ? (ulong)reply.MaxMessageSize : null,
            OfferedCapabilities = reply.OfferedCapabilities,
            Properties = reply.Properties,
        });
        OnAttached(remote);
    }

    /// <summary>The host refuses: the answer lacks the terminus, and the detach says why (spec 2.4 rule 4).</summary>
    internal void Refuse(AmqpError? error)
    {
        if (Phase != LinkPhase.AttachReceived || !Session.TryAssign(this)) return;
        SendAttach(new Attach
        {
            Name = Name,
            Handle = Handle,
            IsReceiver = IsReceiver,
            SenderSettleMode = Remote!.SenderSettleMode,
            ReceiverSettleMode = Remote.ReceiverSettleMode,
            Source = IsReceiver ? Remote.Source : null,
            Target = IsReceiver ? null : Remote.Target,
            InitialDeliveryCount = IsReceiver ? null : 0,
        });
        Detach(error, closed: true);
    }

    /// <summary>Sends a detach unless one was sent. Under the gate.</summary>
    internal void Detach(AmqpError? error, bool closed)
    {
        switch (Phase)
        {
            case LinkPhase.AttachReceived:
                Refuse(error);
                return;
            case LinkPhase.AttachSent:
                _abandoned = true;
                return;
            case LinkPhase.Attached when !Session.IsEnding && !Session.Connection.IsClosing:
                Phase = LinkPhase.DetachSent;
                Session.SendDetach(Handle, closed, error);
                Leave(error);
                return;
        }
    }

    /// <summary>The peer detaches, or answers our detach. Under the gate.</summary>
    internal void OnDetach(Detach detach)
    {
        if (Phase == LinkPhase.AttachReceived) Refuse(null);
        bool answers = Phase == LinkPhase.DetachSent;
        if (!answers) Session.SendDetach(Handle, detach.Closed, null);
        Phase = LinkPhase.Detached;
        Leave(detach.Error);
        _attached.TrySetException(new AmqpException(detach.Error ?? new AmqpError(AmqpCondition.DetachForced, "the peer detached the link")));
        _ = _attached.Task.Exception; // nobody may be waiting
        _detached.TrySetResult();
    }

    /// <summary>Session or connection are over. Under the gate.</summary>
    internal void Drop(AmqpError? error)
    {
        Phase = LinkPhase.Detached;
        Leave(error);
        _attached.TrySetException(new AmqpException(error ?? new AmqpError(AmqpCondition.DetachForced, "the session is over")));
        _ = _attached.Task.Exception; // nobody may be waiting
        _detached.TrySetResult();
    }

    /// <summary>The receiving side has rejected a delivery. Under the gate.</summary>
    internal void CountRejected() => Volatile.Write(ref _rejected, _rejected + 1);

    /// <summary>The first delivery is unsettled, or one was settled. Under the gate.</summary>
    private protected void Moved() => Volatile.Write(ref _movedAt, Session.Connection.Options.Time.GetTimestamp());

    internal abstract void OnFlow(in Flow flow);

    internal abstract void TellDetached(AmqpError? error);

    private protected abstract void OnAttached(Attach remote);

    /// <summary>Forgets deliveries and fails what waits. Under the gate.</summary>
    private protected abstract void OnLeft(AmqpError? error);

    // Addresses, filters and properties are known to whoever asked for the link; a gateway with twenty thousand links would hold them all twice.
    private static Attach KeepModes(Attach attach) => new()
    {
        Name = attach.Name,
        Handle = attach.Handle,
        IsReceiver = attach.IsReceiver,
        SenderSettleMode = attach.SenderSettleMode,
        ReceiverSettleMode = attach.ReceiverSettleMode,
        InitialDeliveryCount = attach.InitialDeliveryCount,
        MaxMessageSize = attach.MaxMessageSize,
    };

    private void Leave(AmqpError? error)
    {
        Session.Forget(this);
        OnLeft(error);
        TellGone(error);
    }

    private void TellGone(AmqpError? error)
    {
        // A link that never stood is reported to who asked for it; one that went before it was accepted is told when it is.
        if (_told || !_wasAttached || !HasHandler) return;
        _told = true;
        Session.Connection.Notices.Add(new Notice(NoticeKind.Detached, this) { Error = error });
    }
}
