using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A session: the window, and the links in it.</summary>
public sealed class AmqpSession
{
    /// <summary>The connection.</summary>
    public AmqpConnection Connection => throw new NotSupportedException();

    /// <summary>Channel that this side sends on.</summary>
    public ushort Channel => throw new NotSupportedException();

    /// <summary>Anything the host wants to keep with the session.</summary>
    public object? State { get; set; }

    /// <summary>Attaches a link that this side sends on.</summary>
    /// <param name="settings">The link.</param>
    /// <param name="handler">Hears of credit and outcomes; null when only <see cref="AmqpSender.SendAsync"/> is used.</param>
    /// <param name="cancellationToken">Gives up; the link is then detached when it comes.</param>
    /// <exception cref="AmqpException">The peer refuses.</exception>
    public Task<AmqpSender> AttachSenderAsync(LinkSettings settings, ISenderHandler? handler = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Attaches a link that this side receives on.</summary>
    /// <param name="settings">The link.</param>
    /// <param name="handler">Takes the deliveries.</param>
    /// <param name="cancellationToken">Gives up; the link is then detached when it comes.</param>
    /// <exception cref="AmqpException">The peer refuses.</exception>
    public Task<AmqpReceiver> AttachReceiverAsync(LinkSettings settings, IReceiverHandler handler, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Ends the session and waits for the peer's answer.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public Task EndAsync(AmqpError? error = null) => throw new NotSupportedException();
}
