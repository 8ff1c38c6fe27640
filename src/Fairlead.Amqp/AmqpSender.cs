using System.Buffers;
using System.Buffers.Binary;
using Fairlead.Amqp.Links;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp;

/// <summary>A link that this side sends on. All members may be called on any thread.</summary>
public sealed partial class AmqpSender : AmqpLink
{
    private readonly Queue<SendOperation> _waiting = [];
    private readonly Stack<SendOperation> _pool = [];
    private uint _deliveryCount;
    private uint _credit;
    private bool _draining;
    private bool _blocked;
    private bool _wantsRoom;
    private bool _creditNoticed;
    private int _unsettled;
    private ulong _maxMessageSize;
    private byte[] _rest = [];
    private int _restStart;
    private int _restEnd;
    private SendOperation? _restOperation;

    internal AmqpSender(AmqpSession session, string name)
        : base(session, name)
    {
    }

    /// <inheritdoc/>
    public override bool IsReceiver => false;

    /// <inheritdoc/>
    public override uint Credit => Volatile.Read(ref _credit);

    /// <summary>Whether the receiver asks to use the credit or give it back.</summary>
    public bool IsDraining => Volatile.Read(ref _draining);

    /// <inheritdoc/>
    public override int Unsettled => Volatile.Read(ref _unsettled);

    /// <summary>Sends that wait for credit or room.</summary>
    public int Waiting => _waiting.Count;

    internal ISenderHandler? Handler { get; set; }

    private protected override bool HasHandler => Handler is not null;

    private AmqpConnection Connection => Session.Connection;

    private bool HasRest => _restEnd > 0;

    /// <summary>Sends when that is possible at once. The payload is copied.</summary>
    /// <param name="payload">The encoded message.</param>
    /// <param name="tag">Delivery tag, 1 to 32 bytes, unique while unsettled; empty lets the engine choose.</param>
    /// <param name="token">Comes back in <see cref="ISenderHandler.OnOutcome"/>.</param>
    /// <param name="settled">Whether no outcome is wanted. The link's mode wins when it allows one only.</param>
    /// <param name="messageFormat">Format of the message.</param>
    public SendResult TrySend(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> tag = default, object? token = null, bool settled = false, uint messageFormat = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag.Length, 32);
        lock (Connection.Gate)
        {
            var obstacle = FindObstacle(payload.Length);
            if (obstacle != SendResult.Sent)
            {
                if (obstacle == SendResult.Busy) _wantsRoom = true;
                return obstacle;
            }

            Begin(payload, tag, token, settled, messageFormat, null);
        }

        Connection.Kick();
        return SendResult.Sent;
    }

    /// <summary>
    /// Sends, waiting for credit when there is none; done with the outcome. Sends of a link go out in the order of the calls. A settled one is
    /// done when it is on its way, as accepted. Await the result once.
    /// </summary>
    /// <param name="payload">The encoded message; not to be changed before this is done.</param>
    /// <param name="settled">Whether no outcome is wanted. The link's mode wins when it allows one only.</param>
    /// <param name="messageFormat">Format of the message.</param>
    /// <param name="cancellationToken">Gives up waiting; what is on its way already may still arrive.</param>
    /// <exception cref="AmqpException">The link has gone, the message is too large for it, or too many sends wait.</exception>
    public ValueTask<DeliveryState> SendAsync(ReadOnlyMemory<byte> payload, bool settled = false, uint messageFormat = 0, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<DeliveryState>(cancellationToken);
        SendOperation operation;
        ValueTask<DeliveryState> task;
        lock (Connection.Gate)
        {
            var obstacle = FindObstacle(payload.Length);
            if (obstacle is SendResult.Detached or SendResult.TooLarge) return ValueTask.FromException<DeliveryState>(Explain(obstacle));
            if (obstacle != SendResult.Sent && _waiting.Count >= Connection.Options.MaxWaitingSends)
            {
                Connection.Counters.SendRefused();
                return ValueTask.FromException<DeliveryState>(new AmqpException(new AmqpError(AmqpCondition.ResourceLimitExceeded, "too many sends wait on the link")));
            }

            if (!_pool.TryPop(out operation!)) operation = new SendOperation(this);
            operation.Start(payload, settled, messageFormat);
            task = operation.Task;
            if (obstacle == SendResult.Sent) Begin(payload.Span, default, null, settled, messageFormat, operation);
            else _waiting.Enqueue(operation);
        }

        if (cancellationToken.CanBeCanceled) operation.Watch(cancellationToken);
        Connection.Kick();
        return task;
    }

    /// <summary>Settles a delivery whose receiver has told an outcome without settling, and tells the receiver.</summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="state">The state that counts; with Azure clients never none (spec 2.6).</param>
    public void Settle(uint deliveryId, in DeliveryState state)
    {
        lock (Connection.Gate)
        {
            if (!Session.Outgoing.TryRemove(deliveryId, this)) return;
            OnSettled();
            Session.SendDisposition(isReceiver: false, deliveryId, settled: true, state);
        }

        Connection.Kick();
    }

    /// <summary>An operation is over and its result was taken.</summary>
    internal void Return(SendOperation operation)
    {
        lock (Connection.Gate)
        {
            // One that was cancelled while it waited is still in the queue or on its way: it is not used again.
            if (_pool.Count < Connection.Options.MaxWaitingSends && operation.MayBeReused) _pool.Push(operation);
        }
    }

    /// <summary>One delivery less is unsettled. Under the gate.</summary>
    internal void OnSettled()
    {
        _unsettled--;
        Moved();
        if (_wantsRoom || _waiting.Count > 0) Advance();
    }

    private SendResult FindObstacle(int length)
    {
        if (Phase != LinkPhase.Attached || Session.IsEnding || Connection.IsClosing) return SendResult.Detached;
        if (_maxMessageSize > 0 && (ulong)length > _maxMessageSize) return SendResult.TooLarge;
        if (HasRest || _waiting.Count > 0) return SendResult.Busy;
        return FindDelay();
    }

    private SendResult FindDelay()
    {
        if (_credit == 0) return SendResult.NoCredit;
        if (_unsettled >= Connection.Options.MaxUnsettled) return SendResult.Busy;
        if (Session.CanSend) return SendResult.Sent;
        Block();
        return SendResult.Busy;
    }

    private AmqpException Explain(SendResult obstacle) => new(obstacle == SendResult.TooLarge
        ? new AmqpError(AmqpCondition.MessageSizeExceeded, $"the receiver takes {_maxMessageSize} bytes at most")
        : new AmqpError(AmqpCondition.DetachForced, "the link is gone"));

    private void Begin(ReadOnlySpan<byte> payload, scoped ReadOnlySpan<byte> tag, object? token, bool settled, uint messageFormat, SendOperation? operation)
    {
        settled = Local!.SenderSettleMode switch { SenderSettleMode.Settled => true, SenderSettleMode.Unsettled => false, _ => settled };
        uint id = Session.Outgoing.NextId();
        _credit--;
        unchecked { _deliveryCount++; }
        Span<byte> chosen = stackalloc byte[4];
        if (tag.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32BigEndian(chosen, id);
            tag = chosen;
        }

        if (!settled)
        {
            Session.Outgoing.Add(id, this, token, operation);
            if (_unsettled++ == 0) Moved();
            if (operation is not null) operation.DeliveryId = id;
        }

        Connection.Counters.DeliverySent();
        var transfer = new Transfer { Handle = Handle, DeliveryId = id, DeliveryTag = tag, MessageFormat = messageFormat, Settled = settled };
        int sent = Session.SendTransfer(ref transfer, payload);
        var accepted = settled ? operation : null;
        if (transfer.More) Continue(payload[sent..], accepted);
        else accepted?.Complete(DeliveryState.Accepted);
    }

    /// <summary>Sends what is left of a delivery, and keeps what the window or the transport has no room for.</summary>
    private void Continue(ReadOnlySpan<byte> rest, SendOperation? operation)
    {
        bool more = true;
        while (more && Session.CanSend)
        {
            var transfer = new Transfer { Handle = Handle };
            rest = rest[Session.SendTransfer(ref transfer, rest)..];
            more = transfer.More;
        }

        if (more)
        {
            _rest = ArrayPool<byte>.Shared.Rent(rest.Length);
            rest.CopyTo(_rest);
            _restStart = 0;
            _restEnd = rest.Length;
            _restOperation = operation;
            Block();
        }
        else
        {
            operation?.Complete(DeliveryState.Accepted);
        }
    }

    private void Block()
    {
        if (_blocked) return;
        _blocked = true;
        Session.Block(this);
    }
}
