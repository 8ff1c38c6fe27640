using System.IO.Pipelines;
using Fairlead.Amqp.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>
/// One AMQP 1.0 connection, in either role, over a pipe of bytes.
/// </summary>
/// <remarks>
/// Locking, in one place: <see cref="Gate"/> guards all state of the connection, its sessions and links, and the pending output. It is held
/// for work in memory alone, never over I/O and never while a handler is called. What comes in is handled by one read loop; any thread may
/// send, settle, attach and detach. Handlers are called by the read loop (deliveries) or by whoever runs <see cref="Notices"/> (all else), and
/// never inside a call of the host's own. Frames written during a read batch are flushed once at its end; those of other threads at once,
/// or by the flush that is under way.
/// </remarks>
public sealed partial class AmqpConnection : IAsyncDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource<AmqpError?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<AmqpError?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IdleWatch _idle;
    private AmqpError? _abortReason;
    private Exception? _abortCause;
    private int _batchThread;

    private AmqpConnection(IDuplexPipe pipe, AmqpOptions options, IAmqpHandler handler, bool isClient)
    {
        _pipe = pipe;
        Options = options;
        Handler = handler;
        IsClient = isClient;
        Output = new ConnectionOutput(pipe.Output, Gate, options.MaxOutputBytes, options.Time) { Drained = OnDrained };
        Notices = new Notices(this);
        Sessions = new Channels(this);
        _idle = new IdleWatch(this, options);
    }

    /// <summary>Whether this side opened the connection.</summary>
    public bool IsClient { get; }

    /// <summary>The settings.</summary>
    public AmqpOptions Options { get; }

    /// <summary>What the peer said in open; null before.</summary>
    public Open? RemoteOpen { get; internal set; }

    /// <summary>Anything the host wants to keep with the connection.</summary>
    public object? State { get; set; }

    /// <summary>Done when the connection is over, with the reason; null for an orderly close. Never fails.</summary>
    public Task<AmqpError?> Closed => _closed.Task;

    /// <summary>The exception behind the end, when there is one: of the transport, or of a handler. For logs.</summary>
    public Exception? Fault => _abortCause;

    /// <summary>What went through so far.</summary>
    public AmqpCounters Counters { get; } = new();

    internal Lock Gate { get; } = new();

    internal IAmqpHandler Handler { get; }

    internal ConnectionOutput Output { get; }

    internal Notices Notices { get; }

    internal Channels Sessions { get; }

    /// <summary>Bytes of unfinished incoming deliveries. Under the gate.</summary>
    internal int AssemblyBytes { get; set; }

    /// <summary>Bytes of the attach frames of all links. Under the gate.</summary>
    internal int AttachBytes { get; set; }

    /// <summary>Largest frame sent: what both sides agree to.</summary>
    internal int MaxFrameSize { get; private set; } = 512;

    /// <summary>A connection that a peer has opened; <see cref="RunAsync"/> serves it.</summary>
    /// <param name="pipe">The bytes, past TLS and WebSocket. Its owner closes the transport when <see cref="RunAsync"/> has returned.</param>
    /// <param name="options">Settings.</param>
    /// <param name="handler">Who decides.</param>
    public static AmqpConnection Accept(IDuplexPipe pipe, AmqpOptions options, IAmqpHandler handler)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentNullException.ThrowIfNull(handler);
        return new AmqpConnection(pipe, options, handler, isClient: false);
    }

    /// <summary>
    /// Opens a connection over a transport that stands, and runs it; done when the peer has answered open. A peer that refuses with open and
    /// close at once ends it: <see cref="Closed"/> has the reason, and so has what is tried on it.
    /// </summary>
    /// <param name="pipe">The bytes.</param>
    /// <param name="options">Settings.</param>
    /// <param name="handler">Hears of ends and decides about links that the peer attaches; null refuses those.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AmqpException">The peer refuses, or what it sends is no AMQP.</exception>
    public static async Task<AmqpConnection> ConnectAsync(
        IDuplexPipe pipe, AmqpOptions options, IAmqpHandler? handler = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        ArgumentNullException.ThrowIfNull(options);
        var connection = new AmqpConnection(pipe, options, handler ?? RefusingHandler.Instance, isClient: true);
        _ = connection.RunAsync(CancellationToken.None);
        using (cancellationToken.UnsafeRegister(
            static state => ((AmqpConnection)state!).Abort(new AmqpError(AmqpCondition.ConnectionForced, "given up before it was open")), connection))
        {
            if (await connection._opened.Task is not { } error) return connection;
            cancellationToken.ThrowIfCancellationRequested();
            throw new AmqpException(error, connection._abortCause);
        }
    }

    /// <summary>Serves the peer until the connection is over. Never throws.</summary>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        AmqpError? error;
        using (cancellationToken.UnsafeRegister(
            static state => ((AmqpConnection)state!).Abort(new AmqpError(AmqpCondition.ConnectionForced, "this side is shutting down")), this))
        {
            try
            {
                error = await OpenAsync(_abort.Token) ?? await ReadAsync(_abort.Token);
            }
            catch (OperationCanceledException)
            {
                error = _abortReason;
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException or ObjectDisposedException)
            {
                error = _abortReason ?? new AmqpError(AmqpCondition.ConnectionForced, $"the transport failed: {exception.Message}");
                _abortCause ??= exception;
            }
            catch (Exception exception)
            {
                error = new AmqpError(AmqpCondition.InternalError, "a handler failed");
                _abortCause ??= exception;
                Close(error);
            }
        }

        await FinishAsync(error);
    }

    /// <summary>Begins a session.</summary>
    /// <param name="cancellationToken">Gives up; the session is then ended when it comes.</param>
    /// <exception cref="AmqpException">The connection is over, or has no channel left.</exception>
    public Task<AmqpSession> BeginAsync(CancellationToken cancellationToken = default)
    {
        AmqpSession session;
        lock (Gate)
            session = Sessions.Begin();
        Kick();
        return session.WhenBegunAsync(cancellationToken);
    }

    /// <summary>Closes the connection and waits for the peer's answer, at most <see cref="AmqpOptions.CloseTimeout"/>.</summary>
    /// <param name="error">Why; null for an orderly close.</param>
    public Task CloseAsync(AmqpError? error = null)
    {
        // Before both have opened there is nothing that a close could end.
        if (_opened.Task.IsCompleted) Close(error);
        else Abort(error ?? new AmqpError(AmqpCondition.ConnectionForced, "closed before it was open"));
        return _closed.Task;
    }

    /// <summary>Ends the connection without a word to the peer.</summary>
    /// <param name="error">What links and sessions are told.</param>
    public void Abort(AmqpError error) => Abort(error, null);

    /// <summary>Closes the connection if it is open.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync();

    internal void Abort(AmqpError error, Exception? cause)
    {
        lock (Gate)
        {
            _abortReason ??= error;
            _abortCause ??= cause;
        }

        _abort.Cancel();
    }

    /// <summary>A handler has thrown. Outside the gate.</summary>
    internal void Fail(Exception exception)
    {
        lock (Gate) _abortCause ??= exception;
        Close(new AmqpError(AmqpCondition.InternalError, "a handler failed"));
    }

    /// <summary>Sees to it that what a call has written and caused goes out. Outside the gate.</summary>
    internal void Kick()
    {
        // During a read batch its own thread does both once, when a frame is handled and when the batch ends.
        if (_batchThread == Environment.CurrentManagedThreadId) return;
        Output.Flush();
        Notices.Run(inline: false);
    }

    private bool OnDrained()
    {
        if (!Sessions.HasStalled) return false;
        lock (Gate) Sessions.Resume();
        Notices.Run(inline: false);
        return true;
    }
}
