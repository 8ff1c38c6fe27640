using System.Buffers;
using Fairlead.Amqp.Connections;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <content>Credit, room, draining and the end. Everything here is under the gate but what is told to the handler.</content>
public sealed partial class AmqpSender
{
    private Flow? _pendingFlow;

    internal override void OnFlow(in Flow flow)
    {
        if (Phase == LinkPhase.AttachReceived)
        {
            _pendingFlow = flow; // the host has not decided yet
            return;
        }

        if (flow.LinkCredit is { } credit)
        {
            uint count = flow.DeliveryCount ?? Local?.InitialDeliveryCount ?? 0;
            // The receiver may not have seen all that was sent: what is under way counts against its credit.
            long left = (long)credit - SerialNumber.Distance(count, _deliveryCount);
            _credit = (uint)Math.Clamp(left, 0, uint.MaxValue);
            _draining = flow.Drain;
        }

        if (Phase != LinkPhase.Attached) return;
        Advance();
        if (_draining && Handler is null) FinishDrain();
        else if (_draining) NoticeCredit();
        if (flow.Echo && !_draining) SendFlow();
    }

    /// <summary>The window or the transport has room again.</summary>
    internal void OnUnblocked()
    {
        _blocked = false;
        if (Phase == LinkPhase.Attached) Advance();
    }

    internal override void TellDetached(AmqpError? error) => Handler?.OnDetached(this, error);

    internal void TellCredit()
    {
        lock (Connection.Gate) _creditNoticed = false;
        Handler?.OnCredit(this);
        lock (Connection.Gate)
        {
            if (_draining && Phase == LinkPhase.Attached) FinishDrain();
        }
    }

    internal void TellOutcome(in OutgoingOutcome outcome) => Handler?.OnOutcome(this, outcome);

    private protected override void OnAttached(Attach remote)
    {
        _deliveryCount = Local!.InitialDeliveryCount ?? 0;
        _maxMessageSize = remote.MaxMessageSize ?? 0;
        if (_pendingFlow is not { } flow) return;
        _pendingFlow = null;
        OnFlow(flow);
    }

    private protected override void OnLeft(AmqpError? error)
    {
        var reason = error ?? new AmqpError(AmqpCondition.DetachForced, "the link is gone");
        if (_unsettled > 0) Session.Outgoing.RemoveAll(this, reason);
        _unsettled = 0;
        _credit = 0;
        while (_waiting.TryDequeue(out var operation)) operation.Fail(new AmqpException(reason));
        _restOperation?.Fail(new AmqpException(reason));
        ReleaseRest();
    }

    /// <summary>Sends what waits, as far as credit and room go, and tells the handler when there is some left.</summary>
    private void Advance()
    {
        if (HasRest && !TryFinishRest()) return;
        while (_waiting.TryPeek(out var next))
        {
            if (next.IsDone)
            {
                _waiting.Dequeue();
                continue;
            }

            if (FindDelay() != SendResult.Sent) return;
            _waiting.Dequeue();
            Begin(next.Payload.Span, default, null, next.Settled, next.MessageFormat, next);
            if (HasRest) return;
        }

        if (FindDelay() != SendResult.Sent) return;
        _wantsRoom = false;
        NoticeCredit();
    }

    private bool TryFinishRest()
    {
        if (!Session.CanSend)
        {
            Block();
            return false;
        }

        var rest = _rest.AsSpan(_restStart, _restEnd - _restStart);
        bool more = true;
        while (more && Session.CanSend)
        {
            var transfer = new Transfer { Handle = Handle };
            int sent = Session.SendTransfer(ref transfer, rest);
            rest = rest[sent..];
            _restStart += sent;
            more = transfer.More;
        }

        if (more)
        {
            Block();
            return false;
        }

        _restOperation?.Complete(DeliveryState.Accepted);
        ReleaseRest();
        return true;
    }

    private void ReleaseRest()
    {
        if (_rest.Length > 0) ArrayPool<byte>.Shared.Return(_rest);
        _rest = [];
        _restStart = _restEnd = 0;
        _restOperation = null;
    }

    private void NoticeCredit()
    {
        if (_creditNoticed || Handler is null) return;
        _creditNoticed = true;
        Connection.Notices.Add(new Notice(NoticeKind.Credit, this));
    }

    /// <summary>Gives back the credit that is left, and says so (spec 7.4 rule 4).</summary>
    private void FinishDrain()
    {
        // Sends that wait for room have the first right to the credit; the drain is finished when they are gone.
        if (_waiting.Count > 0 && _credit > 0) return;
        unchecked { _deliveryCount += _credit; }
        _credit = 0;
        SendFlow();
        _draining = false;
    }

    private void SendFlow() => Session.SendLinkFlow(new Flow
    {
        Handle = Handle,
        DeliveryCount = _deliveryCount,
        LinkCredit = _credit,
        Available = (uint)_waiting.Count,
        Drain = _draining,
    });
}
