using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link that the peer wants to attach. To be answered once; on any thread.</summary>
public sealed class AttachRequest
{
    private readonly AmqpLink _link;
    private bool _answered;

    internal AttachRequest(AmqpLink link, Attach attach)
    {
        _link = link;
        Attach = attach;
    }

    /// <summary>The session.</summary>
    public AmqpSession Session => _link.Session;

    /// <summary>What the peer says; <see cref="Attach.IsReceiver"/> tells that the peer wants to receive.</summary>
    public Attach Attach { get; }

    /// <summary>Lets a peer send. When the peer has gone meanwhile the link comes detached, and its handler hears of that.</summary>
    /// <param name="handler">Takes the deliveries.</param>
    /// <param name="reply">How to answer; null mirrors.</param>
    public AmqpReceiver AcceptReceiver(IReceiverHandler handler, AttachReply? reply = null)
    {
        if (_link is not AmqpReceiver receiver) throw new InvalidOperationException("The peer wants to receive.");
        reply ??= AttachReply.Mirror;
        lock (Session.Connection.Gate)
        {
            Answer();
            receiver.Handler = handler;
            receiver.Configure(reply.MaxMessageSize, reply.CreditWindow);
            receiver.Accept(reply);
        }

        Session.Connection.Kick();
        return receiver;
    }

    /// <summary>Lets a peer receive. When the peer has gone meanwhile the link comes detached, and its handler hears of that.</summary>
    /// <param name="handler">Hears of credit and outcomes.</param>
    /// <param name="reply">How to answer; null mirrors.</param>
    public AmqpSender AcceptSender(ISenderHandler handler, AttachReply? reply = null)
    {
        if (_link is not AmqpSender sender) throw new InvalidOperationException("The peer wants to send.");
        lock (Session.Connection.Gate)
        {
            Answer();
            sender.Handler = handler;
            sender.Accept(reply ?? AttachReply.Mirror);
        }

        Session.Connection.Kick();
        return sender;
    }

    /// <summary>Refuses: an attach without terminus, then a detach with the error (spec 2.4 rule 4).</summary>
    /// <param name="error">Why.</param>
    public void Refuse(AmqpError error)
    {
        lock (Session.Connection.Gate)
        {
            Answer();
            _link.Refuse(error);
        }

        Session.Connection.Kick();
    }

    private void Answer()
    {
        if (_answered) throw new InvalidOperationException("The request was answered already.");
        _answered = true;
    }
}
