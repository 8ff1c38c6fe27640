using Fairlead.Amqp.Connections;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A session: the window, and the links in it. All members may be called on any thread.</summary>
public sealed partial class AmqpSession
{
    private readonly TaskCompletionSource<AmqpSession> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SessionWindow _window;
    private readonly LinkTable _links;
    private readonly Queue<AmqpSender> _blocked = [];
    private bool _stalled;
    private bool _flowDue;
    private bool _endSent;
    private bool _dropped;
    private bool _abandoned;
    private bool _told;
    private uint _remoteHandleMax = uint.MaxValue;

    internal AmqpSession(AmqpConnection connection)
    {
        Connection = connection;
        _window = new SessionWindow(connection.Options.SessionWindow, connection.Options.FirstTransferId);
        _links = new LinkTable(this);
        Outgoing = new OutgoingDeliveries(this, connection.Options.FirstDeliveryId);
        Incoming = [];
    }

    /// <summary>The connection.</summary>
    public AmqpConnection Connection { get; }

    /// <summary>Channel that this side sends on.</summary>
    public ushort Channel { get; internal set; }

    /// <summary>Channel that the peer sends on; negative before it has begun.</summary>
    public int RemoteChannel { get; private set; } = -1;

    /// <summary>Anything the host wants to keep with the session.</summary>
    public object? State { get; set; }

    /// <summary>Whether an end was sent, so that what comes is ignored. Under the gate.</summary>
    internal bool IsEnding => _endSent || _dropped;

    internal OutgoingDeliveries Outgoing { get; }

    /// <summary>Unsettled incoming deliveries. Under the gate.</summary>
    internal Dictionary<uint, AmqpReceiver> Incoming { get; }

    /// <summary>Whether a transfer frame can go out now. Under the gate.</summary>
    internal bool CanSend => _window.CanSend && Connection.Output.HasRoom && !IsEnding;

    /// <summary>Highest handle that both sides take. Under the gate.</summary>
    internal uint HandleMax => Math.Min(Connection.Options.HandleMax, _remoteHandleMax);

    /// <summary>Attaches a link that this side sends on.</summary>
    /// <param name="settings">The link.</param>
    /// <param name="handler">Hears of credit and outcomes; null when only <see cref="AmqpSender.SendAsync"/> is used.</param>
    /// <param name="cancellationToken">Gives up; the link is then detached when it comes.</param>
    /// <exception cref="AmqpException">The peer refuses.</exception>
    public async Task<AmqpSender> AttachSenderAsync(LinkSettings settings, ISenderHandler? handler = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var sender = new AmqpSender(this, settings.Name) { Handler = handler };
        await AttachAsync(sender, settings, cancellationToken);
        return sender;
    }

    /// <summary>Attaches a link that this side receives on.</summary>
    /// <param name="settings">The link.</param>
    /// <param name="handler">Takes the deliveries.</param>
    /// <param name="cancellationToken">Gives up; the link is then detached when it comes.</param>
    /// <exception cref="AmqpException">The peer refuses.</exception>
    public async Task<AmqpReceiver> AttachReceiverAsync(LinkSettings settings, IReceiverHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(handler);
        var receiver = new AmqpReceiver(this, settings.Name) { Handler = handler };
        receiver.Configure(settings.MaxMessageSize, settings.CreditWindow);
        await AttachAsync(receiver, settings, cancellationToken);
        return receiver;
    }

    /// <summary>Ends the session and waits for the peer's answer, or for the end of the connection.</summary>
    /// <param name="error">Why; null for an orderly end.</param>
    public Task EndAsync(AmqpError? error = null)
    {
        lock (Connection.Gate) End(error);
        Connection.Kick();
        return _ended.Task;
    }

    /// <summary>Gives a link of the peer a handle of this side, or ends the session when there is none left. Under the gate.</summary>
    internal bool TryAssign(AmqpLink link)
    {
        if (_links.TryAssign(link)) return true;
        End(new AmqpError(AmqpCondition.ResourceLimitExceeded, "no handle is left"));
        return false;
    }

    /// <summary>Frees the name of a link. Under the gate.</summary>
    internal void Forget(AmqpLink link) => _links.Forget(link);

    private Task AttachAsync(AmqpLink link, LinkSettings settings, CancellationToken cancellationToken)
    {
        lock (Connection.Gate)
        {
            if (IsEnding || Connection.IsClosing)
                throw new AmqpException(Connection.CloseReason ?? new AmqpError(AmqpCondition.IllegalState, "the session is over"));
            _links.Attach(link, settings);
        }

        Connection.Kick();
        return link.WhenAttachedAsync(cancellationToken);
    }

    internal async Task<AmqpSession> WhenBegunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _begun.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (Connection.Gate)
            {
                if (RemoteChannel < 0) _abandoned = true;
                else End(null);
            }

            Connection.Kick();
            throw;
        }
    }

    internal void SendBegin(ushort? answers)
    {
        var begin = new Begin
        {
            RemoteChannel = answers,
            NextOutgoingId = _window.FirstOutgoingId,
            IncomingWindow = Connection.Options.SessionWindow,
            OutgoingWindow = uint.MaxValue,
            HandleMax = Connection.Options.HandleMax,
        };
        var writer = Connection.Output.Writer;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, begin);
        FrameWriter.End(writer, mark);
    }

    internal void OnBegun(ushort channel, Begin begin)
    {
        RemoteChannel = channel;
        _remoteHandleMax = begin.HandleMax;
        _window.OnBegin(begin);
        if (_abandoned) End(null);
        else _begun.TrySetResult(this);
    }

    /// <summary>Sends an end, unless one was sent, and tells the links. Under the gate.</summary>
    internal void End(AmqpError? error)
    {
        if (IsEnding) return;
        _endSent = true;
        var writer = Connection.Output.Writer;
        int mark = FrameWriter.Begin(writer, Channel);
        PerformativeWriter.Write(writer, new End(error));
        FrameWriter.End(writer, mark);
        Tell(error);
    }

    /// <summary>The peer has ended the session, or answered our end. Under the gate.</summary>
    internal void OnEnded(AmqpError? error)
    {
        if (!_endSent)
        {
            _endSent = true;
            var writer = Connection.Output.Writer;
            int mark = FrameWriter.Begin(writer, Channel);
            PerformativeWriter.Write(writer, new End(null));
            FrameWriter.End(writer, mark);
        }

        Tell(error);
        _dropped = true;
        _ended.TrySetResult();
    }

    /// <summary>The connection is over. Under the gate.</summary>
    internal void Drop(AmqpError? error)
    {
        Tell(error);
        _dropped = true;
        _ended.TrySetResult();
    }

    private void Tell(AmqpError? error)
    {
        if (_told) return;
        _told = true;
        _links.DropAll(error);
        Incoming.Clear();
        _blocked.Clear();
        _begun.TrySetException(new AmqpException(error ?? new AmqpError(AmqpCondition.ConnectionForced, "the connection is over")));
        _ = _begun.Task.Exception; // nobody may be waiting
        Connection.Notices.Add(new Notice(NoticeKind.Ended, this) { Error = error });
    }
}
