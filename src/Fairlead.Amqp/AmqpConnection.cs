using System.IO.Pipelines;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>One AMQP 1.0 connection, in either role, over a pipe of bytes.</summary>
public sealed class AmqpConnection
{
    /// <summary>A connection that a peer has opened; <see cref="RunAsync"/> serves it.</summary>
    /// <param name="pipe">The bytes, past TLS and WebSocket. Its owner closes the transport when <see cref="RunAsync"/> has returned.</param>
    /// <param name="options">Settings.</param>
    /// <param name="handler">Who decides.</param>
    public static AmqpConnection Accept(IDuplexPipe pipe, AmqpOptions options, IAmqpHandler handler) => throw new NotSupportedException();

    /// <summary>Opens a connection over a transport that stands, and runs it; done when the peer has answered open.</summary>
    /// <param name="pipe">The bytes.</param>
    /// <param name="options">Settings.</param>
    /// <param name="handler">Hears of ends and decides about links that the peer attaches; null refuses those.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AmqpException">The peer refuses, or what it sends is no AMQP.</exception>
    public static Task<AmqpConnection> ConnectAsync(IDuplexPipe pipe, AmqpOptions options, IAmqpHandler? handler = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>What the peer said in open; null before.</summary>
    public Open? RemoteOpen => throw new NotSupportedException();

    /// <summary>Anything the host wants to keep with the connection.</summary>
    public object? State { get; set; }

    /// <summary>Done when the connection is over, with the reason; null for an orderly close. Never fails.</summary>
    public Task<AmqpError?> Closed => throw new NotSupportedException();

    /// <summary>Serves the peer until the connection is over. Never throws.</summary>
    /// <param name="cancellationToken">Ends it at once.</param>
    public Task RunAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Begins a session.</summary>
    /// <param name="cancellationToken">Gives up; the session is then ended when it comes.</param>
    public Task<AmqpSession> BeginAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes the connection and waits for the peer's answer, at most <see cref="AmqpOptions.CloseTimeout"/>.</summary>
    /// <param name="error">Why; null for an orderly close.</param>
    public Task CloseAsync(AmqpError? error = null) => throw new NotSupportedException();

    /// <summary>Ends the connection without a word to the peer.</summary>
    /// <param name="error">What links and sessions are told.</param>
    public void Abort(AmqpError error) => throw new NotSupportedException();
}
