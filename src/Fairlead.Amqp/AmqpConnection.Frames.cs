using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <content>What each performative does. Errors of links and sessions end those; what is returned ends the connection.</content>
public sealed partial class AmqpConnection
{
    private AmqpError? OnFrame(ushort channel, ReadOnlySpan<byte> body)
    {
        Counters.FrameReceived();
        var reader = new AmqpReader(body);
        if (!reader.TryReadDescriptor(out ulong descriptor)) return new AmqpError(AmqpCondition.DecodeError, reader.Error);
        // A side that has sent a close looks at nothing but the answer.
        if (_closeSent && descriptor != Descriptor.Close) return null;
        switch (descriptor)
        {
            case Descriptor.Transfer: return OnTransfer(channel, ref reader);
            case Descriptor.Disposition: return OnDisposition(channel, ref reader);
            case Descriptor.Flow: return OnFlow(channel, ref reader);
            case Descriptor.Begin: return OnBegin(channel, ref reader);
            case Descriptor.Attach: return OnAttach(channel, ref reader);
            case Descriptor.Detach: return OnDetach(channel, ref reader);
            case Descriptor.End: return OnEnd(channel, ref reader);
            case Descriptor.Close: return OnClose(ref reader);
            case Descriptor.Open: return new AmqpError(AmqpCondition.IllegalState, "open comes a second time");
            default: return new AmqpError(AmqpCondition.NotImplemented, "there is no such performative");
        }
    }

    private AmqpError? OnTransfer(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadTransfer(ref reader, out Transfer transfer) is { } fault) return fault;
        scoped IncomingDelivery delivery;
        AmqpReceiver? receiver;
        lock (Gate)
        {
            if (!TryFind(channel, out AmqpSession? session, out fault)) return fault;
            if (session is null) return null;
            receiver = session.OnTransfer(transfer, reader.Rest, out delivery);
            if (receiver is null) return null;
            Counters.DeliveryReceived();
        }

        try
        {
            receiver.Handler!.OnDelivery(receiver, delivery);
        }
        catch (Exception exception)
        {
            // A handler must not throw; when it does, nothing that follows can be trusted.
            Fail(exception);
            return null;
        }

        receiver.ReleaseAssembly();
        return null;
    }

    private AmqpError? OnDisposition(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadDisposition(ref reader, out Disposition disposition) is { } fault) return fault;
        lock (Gate)
        {
            if (!TryFind(channel, out AmqpSession? session, out fault)) return fault;
            session?.OnDisposition(disposition);
            return null;
        }
    }

    private AmqpError? OnFlow(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadFlow(ref reader, out Flow flow) is { } fault) return fault;
        lock (Gate)
        {
            if (!TryFind(channel, out AmqpSession? session, out fault)) return fault;
            session?.OnFlow(flow);
            return null;
        }
    }

    private AmqpError? OnBegin(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadBegin(ref reader, out Begin begin) is { } fault) return fault;
        lock (Gate) return Sessions.OnBegin(channel, begin);
    }

    private AmqpError? OnAttach(ushort channel, ref AmqpReader reader)
    {
        int size = reader.Rest.Length;
        if (PerformativeReader.ReadAttach(ref reader, out Attach attach) is { } fault) return fault;
        lock (Gate)
        {
            if (!TryFind(channel, out AmqpSession? session, out fault)) return fault;
            return session?.OnAttach(attach, size);
        }
    }

    private AmqpError? OnDetach(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadDetach(ref reader, out Detach detach) is { } fault) return fault;
        lock (Gate)
        {
            if (!TryFind(channel, out AmqpSession? session, out fault)) return fault;
            session?.OnDetach(detach);
            return null;
        }
    }

    private AmqpError? OnEnd(ushort channel, ref AmqpReader reader)
    {
        if (PerformativeReader.ReadEnd(ref reader, out End end) is { } fault) return fault;
        lock (Gate) return Sessions.OnEnd(channel, end.Error);
    }

    private AmqpError? OnClose(ref AmqpReader reader)
    {
        if (PerformativeReader.ReadClose(ref reader, out Close close) is { } fault) return fault;
        lock (Gate)
        {
            _finished = true;
            if (!_closeSent) _closeError = close.Error;
            Sessions.DropAll(_closeError);
        }

        SendClose(null);
        return null;
    }

    /// <summary>Finds the session of a channel. A session that is ended already is null: what comes for it is ignored until the peer's end (spec 7.4 rule 1).</summary>
    private bool TryFind(ushort channel, out AmqpSession? session, out AmqpError? fault)
    {
        session = Sessions.Find(channel);
        // What a peer had on its way when it ended a session is ignored, as what comes before its end is.
        fault = session is null && !Sessions.HasEnded(channel) ? new AmqpError(AmqpCondition.NotAllowed, $"no session has begun on channel {channel}") : null;
        if (session is { IsEnding: true }) session = null;
        return fault is null;
    }
}
