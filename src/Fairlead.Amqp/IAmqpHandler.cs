using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>
/// What a host decides about a connection. Called on the connection's read loop, never under its lock; the tasks are awaited before the
/// peer is read further, the void ones must not block. Nothing here may throw: an exception closes the connection with <c>amqp:internal-error</c>.
/// </summary>
public interface IAmqpHandler
{
    /// <summary>Judges a client that authenticates by SASL. Outcome 0 lets it in, 1 is a wrong credential, 4 a fault that may pass (spec 7.3).</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="request">Mechanism and response.</param>
    /// <param name="cancellationToken">The connection ends.</param>
    ValueTask<SaslOutcome> OnSaslAsync(AmqpConnection connection, SaslRequest request, CancellationToken cancellationToken);

    /// <summary>Judges the peer's open; an error answers with open and close.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="open">What the peer says.</param>
    /// <param name="cancellationToken">The connection ends.</param>
    ValueTask<AmqpError?> OnOpenAsync(AmqpConnection connection, Open open, CancellationToken cancellationToken);

    /// <summary>The peer wants to attach a link: to be accepted or refused through the request, now or later, on any thread.</summary>
    /// <param name="request">The link wanted.</param>
    void OnAttach(AttachRequest request);

    /// <summary>The peer has begun a session.</summary>
    /// <param name="session">The session.</param>
    void OnBegun(AmqpSession session)
    {
    }

    /// <summary>A session has ended; its links have been told before.</summary>
    /// <param name="session">The session.</param>
    /// <param name="error">Why; null for an orderly end.</param>
    void OnEnded(AmqpSession session, AmqpError? error)
    {
    }

    /// <summary>The connection is over; its sessions and links have been told before. Called once.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="error">Why; null for an orderly close.</param>
    void OnClosed(AmqpConnection connection, AmqpError? error)
    {
    }
}

/// <summary>Outcome of SASL.</summary>
public enum SaslOutcome : byte
{
    /// <summary>Let in.</summary>
    Ok = 0,

    /// <summary>The credential is wrong.</summary>
    Auth = 1,

    /// <summary>A fault of the system.</summary>
    Sys = 2,

    /// <summary>A fault of the system that will not pass.</summary>
    SysPerm = 3,

    /// <summary>A fault of the system that may pass.</summary>
    SysTemp = 4,
}
