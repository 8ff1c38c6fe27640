using Fairlead.Broker.Durability;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Connections;

/// <summary>
/// Answers to one client in the order of its requests [MQTT-4.6.0-2] [MQTT-4.6.0-3]. While none has to wait for the store, an answer
/// goes straight to the output; behind one that waits, later ones wait too.
/// </summary>
internal sealed class PendingReplies(Connection connection, MqttBroker broker)
{
    private readonly Lock _lock = new();
    private Queue<Reply>? _queue;
    private TaskCompletionSource? _room;
    private int _publishes;
    private int _inBatch;

    /// <summary>Answers that wait.</summary>
    public int Count => Volatile.Read(ref _queue)?.Count ?? 0;

    /// <summary>QoS 1 publications without their PUBACK yet; they count against Receive Maximum.</summary>
    public int UnacknowledgedPublishes => Volatile.Read(ref _publishes);

    /// <summary>Opens an answer that waits for the store; it keeps its place in the order from now on.</summary>
    public Reply Open(bool isPublish)
    {
        var reply = new Reply(this, isPublish);
        lock (_lock) (_queue ??= new Queue<Reply>()).Enqueue(reply);
        if (isPublish) Interlocked.Increment(ref _publishes);
        return reply;
    }

    /// <summary>Sends an answer now, or behind those that wait.</summary>
    public void Send(ReadOnlySpan<byte> packet, PublishScratch scratch)
    {
        lock (_lock)
        {
            if (_queue is { Count: > 0 })
            {
                var reply = new Reply(this, false) { Packet = packet.ToArray(), IsSettled = true };
                _queue.Enqueue(reply);
                return;
            }
        }

        connection.Output.Write(packet, force: true, scratch.Batch);
    }

    /// <summary>Completes when fewer than the given number wait, or the connection closes.</summary>
    public Task WaitForRoomAsync(int limit)
    {
        lock (_lock)
        {
            if ((_queue?.Count ?? 0) < limit || connection.IsClosed) return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Lets go of whoever waits for room; the connection closes.</summary>
    public void Close()
    {
        lock (_lock) _room?.TrySetResult();
    }

    /// <summary>Sends what is ready at the head of the order.</summary>
    public void SendSettled(FlushBatch batch)
    {
        Volatile.Write(ref _inBatch, 0);
        Span<byte> acks = stackalloc byte[512];
        int length = 0;
        lock (_lock)
        {
            while (_queue is { Count: > 0 } && _queue.Peek().IsSettled)
            {
                var reply = _queue.Dequeue();
                if (reply.IsPublish) Interlocked.Decrement(ref _publishes);
                if (reply is { Packet: null, Failed: false })
                {
                    // Acknowledgments of one group go out as one piece.
                    if (length + 5 > acks.Length) Write(acks, ref length, batch);
                    length += PacketWriter.WriteAck(acks[length..], reply.Type, reply.PacketId, connection.Version, reply.Code);
                    continue;
                }

                Write(acks, ref length, batch);
                if (reply.Failed) Refuse(reply);
                else connection.Output.Write(reply.Packet, force: true, batch);
            }

            Write(acks, ref length, batch);
            if (_room is null || (_queue?.Count ?? 0) > broker.Options.ReceiveMaximum / 2) return;
            _room.TrySetResult();
            _room = null;
        }
    }

    /// <summary>The store could not keep what an answer was to confirm: the client learns it (design promise 1).</summary>
    private void Refuse(Reply reply)
    {
        // Not kept, so not received: the client's repetition must not be taken for a duplicate.
        if (reply.Type == PacketType.PubRec) connection.Session?.Release(reply.PacketId);
        if (connection.Version == ProtocolVersion.V5 && reply.Type is PacketType.PubAck or PacketType.PubRec)
        {
            connection.SendAck(reply.Type, reply.PacketId, ReasonCode.QuotaExceeded, PublishScratch.Of(broker));
            return;
        }

        connection.Close(ReasonCode.QuotaExceeded, "the store cannot write (disk full?): nothing that must be kept can be accepted now");
    }

    private void Write(ReadOnlySpan<byte> acks, ref int length, FlushBatch batch)
    {
        if (length > 0) connection.Output.Write(acks[..length], force: true, batch);
        length = 0;
    }

    private void OnSettled()
    {
        // Whoever settles the first of several sends them all, at the end of his batch.
        if (Interlocked.Exchange(ref _inBatch, 1) == 0) PublishScratch.Of(broker).Batch.Add(this);
    }

    /// <summary>One answer.</summary>
    internal sealed class Reply : CommitReceipt
    {
        private readonly PendingReplies _owner;
        private bool _settled;

        public Reply(PendingReplies owner, bool isPublish)
        {
            _owner = owner;
            IsPublish = isPublish;
        }

        /// <summary>Whether it answers a QoS 1 PUBLISH.</summary>
        public bool IsPublish { get; }

        /// <summary>The packet, when it is more than an acknowledgment.</summary>
        public byte[]? Packet { get; set; }

        /// <summary>Type of the acknowledgment.</summary>
        public PacketType Type { get; set; }

        /// <summary>Packet Identifier of the acknowledgment.</summary>
        public ushort PacketId { get; set; }

        /// <summary>Reason Code of the acknowledgment when everything was kept.</summary>
        public ReasonCode Code { get; set; }

        /// <summary>Whether it may be sent.</summary>
        public bool IsSettled { get => Volatile.Read(ref _settled); set => Volatile.Write(ref _settled, value); }

        /// <inheritdoc/>
        protected override void OnSettled()
        {
            IsSettled = true;
            _owner.OnSettled();
        }
    }
}
