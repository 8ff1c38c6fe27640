using Fairlead.Amqp.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <content>What comes for a session, and what it sends. Everything here is under the gate.</content>
public sealed partial class AmqpSession
{
    internal AmqpError? OnAttach(Attach attach, int size)
    {
        if (attach.Handle > Connection.Options.HandleMax) return new AmqpError(AmqpCondition.FramingError, $"handle {attach.Handle} is above handle-max"); // spec 7.4 rule 13
        if (_links.OnAttach(attach, size) is { } error) End(error);
        return null;
    }

    internal void OnDetach(Detach detach)
    {
        if (_links.OnDetach(detach) is { } error) End(error);
    }

    internal void OnFlow(in Flow flow)
    {
        _window.OnFlow(flow);
        if (flow.Handle is { } handle)
        {
            var link = _links.Find(handle);
            if (link is null)
            {
                End(Unattached(handle));
                return;
            }

            link.OnFlow(flow);
        }
        else if (flow.Echo)
        {
            SendFlow();
        }

        Resume();
    }

    /// <summary>Takes a transfer frame; the receiver when a delivery is whole with it.</summary>
    internal AmqpReceiver? OnTransfer(scoped in Transfer transfer, ReadOnlySpan<byte> payload, out IncomingDelivery delivery)
    {
        delivery = default;
        if (!_window.TryReceive())
        {
            End(new AmqpError(AmqpCondition.WindowViolation, "more transfers than the session's window"));
            return null;
        }

        var link = _links.Find(transfer.Handle);
        if (link is not AmqpReceiver receiver)
        {
            End(link is null ? Unattached(transfer.Handle) : new AmqpError(AmqpCondition.NotAllowed, "a transfer comes on a link that its sender receives on"));
            return null;
        }

        bool whole = receiver.OnTransfer(transfer, payload, out delivery);
        if (_window.WantsFlow && !_flowDue)
        {
            _flowDue = true;
            Connection.Sessions.AddFlowDue(this);
        }

        return whole ? receiver : null;
    }

    internal void OnDisposition(in Disposition disposition)
    {
        if (disposition.IsReceiver) Outgoing.OnDisposition(disposition);
        else OnSettledBySender(disposition);
        Resume();
    }

    internal void SendFlow() => SendFlow(_window.Snapshot());

    /// <summary>Opens the window again, once for a batch of frames, unless a flow of a link has done so meanwhile.</summary>
    internal void SendDueFlow()
    {
        _flowDue = false;
        if (_window.WantsFlow && !IsEnding && !Connection.IsClosing) SendFlow();
    }

    /// <summary>Sends a flow with the session's part filled in.</summary>
    internal void SendLinkFlow(in Flow link)
    {
        var window = _window.Snapshot();
        SendFlow(link with
        {
            NextIncomingId = window.NextIncomingId,
            IncomingWindow = window.IncomingWindow,
            NextOutgoingId = window.NextOutgoingId,
            OutgoingWindow = window.OutgoingWindow,
        });
    }

    internal void SendDisposition(bool isReceiver, uint deliveryId, bool settled, in DeliveryState state)
    {
        if (IsEnding || Connection.IsClosing) return;
        Connection.Output.WriteDisposition(Channel, new Disposition { IsReceiver = isReceiver, First = deliveryId, Last = deliveryId, Settled = settled, State = state });
    }

    internal void SendAttach(Attach attach)
    {
        var writer = Connection.Output.Writer;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, attach);
        FrameWriter.End(writer, mark);
    }

    internal void SendDetach(uint handle, bool closed, AmqpError? error)
    {
        if (IsEnding || Connection.IsClosing) return;
        var writer = Connection.Output.Writer;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, new Detach(handle, closed, error));
        FrameWriter.End(writer, mark);
    }

    /// <summary>Writes one transfer frame with as much of the payload as fits; returns how much that is.</summary>
    internal int SendTransfer(ref Transfer transfer, ReadOnlySpan<byte> payload)
    {
        var writer = Connection.Output.Writer;
        transfer.More = false;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, transfer);
        int room = Connection.MaxFrameSize - (writer.Length - mark);
        if (payload.Length > room)
        {
            writer.Truncate(mark);
            transfer.More = true;
            mark = FrameWriter.Begin(writer, Channel);
            PerformativeWriter.Write(writer, transfer);
            room = Connection.MaxFrameSize - (writer.Length - mark);
            payload = payload[..Math.Min(room, payload.Length)];
        }

        writer.WriteRaw(payload);
        FrameWriter.End(writer, mark);
        _window.OnSent();
        return payload.Length;
    }

    /// <summary>Keeps a sender in mind that the window or the transport has no room for.</summary>
    internal void Block(AmqpSender sender)
    {
        _blocked.Enqueue(sender);
        StallIfFull();
    }

    /// <summary>Goes on with senders that were blocked, in turn.</summary>
    internal void Resume()
    {
        _stalled = false;
        for (int left = _blocked.Count; left > 0 && CanSend; left--) _blocked.Dequeue().OnUnblocked();
        StallIfFull();
    }

    // Without window the peer's next flow resumes; without room in the transport nobody would.
    private void StallIfFull()
    {
        if (_stalled || _blocked.Count == 0 || !_window.CanSend || IsEnding) return;
        _stalled = true;
        Connection.Sessions.Stall(this);
    }

    private void OnSettledBySender(in Disposition disposition)
    {
        if (!disposition.Settled) return;
        uint count = unchecked(disposition.Last - disposition.First);
        if (count < (uint)Incoming.Count)
        {
            for (uint i = 0; i <= count; i++) SettledBySender(unchecked(disposition.First + i), disposition.State);
            return;
        }

        // The range is wider than what is unsettled: a hostile one must not cost more than that.
        foreach (uint id in IncomingWithin(disposition.First, count)) SettledBySender(id, disposition.State);
    }

    private uint[] IncomingWithin(uint first, uint count) => [.. Incoming.Keys.Where(id => unchecked(id - first) <= count)];

    private void SettledBySender(uint deliveryId, in DeliveryState state)
    {
        if (!Incoming.Remove(deliveryId, out var receiver)) return;
        receiver.OnSettledBySender();
        Connection.Notices.Add(new Notice(NoticeKind.Settled, receiver) { Outcome = new OutgoingOutcome { DeliveryId = deliveryId, State = state, Settled = true } });
    }

    private void SendFlow(in Flow flow)
    {
        var writer = Connection.Output.Writer;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, flow);
        FrameWriter.End(writer, mark);
    }

    private static AmqpError Unattached(uint handle) => new(AmqpCondition.UnattachedHandle, $"no link has handle {handle}");
}
