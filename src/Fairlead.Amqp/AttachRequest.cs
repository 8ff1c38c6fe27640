using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link that the peer wants to attach. To be answered once; on any thread.</summary>
public sealed class AttachRequest
{
    /// <summary>The session.</summary>
    public AmqpSession Session => throw new NotSupportedException();

    /// <summary>What the peer says; <see cref="Attach.IsReceiver"/> tells that the peer wants to receive.</summary>
    public Attach Attach => throw new NotSupportedException();

    /// <summary>Lets a peer send.</summary>
    /// <param name="handler">Takes the deliveries.</param>
    /// <param name="reply">How to answer; null mirrors.</param>
    public AmqpReceiver AcceptReceiver(IReceiverHandler handler, AttachReply? reply = null) => throw new NotSupportedException();

    /// <summary>Lets a peer receive.</summary>
    /// <param name="handler">Hears of credit and outcomes.</param>
    /// <param name="reply">How to answer; null mirrors.</param>
    public AmqpSender AcceptSender(ISenderHandler handler, AttachReply? reply = null) => throw new NotSupportedException();

    /// <summary>Refuses: an attach without terminus, then a detach with the error (spec 2.4 rule 4).</summary>
    /// <param name="error">Why.</param>
    public void Refuse(AmqpError error) => throw new NotSupportedException();
}
