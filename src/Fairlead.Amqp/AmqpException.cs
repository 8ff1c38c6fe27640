using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A request of this side failed: refused by the peer, or its link, session or connection ended before the answer.</summary>
public sealed class AmqpException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="error">What the peer or the engine says.</param>
    /// <param name="innerException">The fault of the transport, if any.</param>
    public AmqpException(AmqpError error, Exception? innerException = null)
        : base(error.ToString(), innerException) => Error = error;

    /// <summary>What the peer or the engine says.</summary>
    public AmqpError Error { get; }
}
