using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Connections;

/// <summary>What became of bytes handed to a <see cref="ConnectionOutput"/>.</summary>
internal enum WriteResult : byte
{
    /// <summary>They will be sent with the next flush.</summary>
    Written,

    /// <summary>Too much waits already: the connection is congested.</summary>
    Congested,

    /// <summary>The connection is closed.</summary>
    Closed,

    /// <summary>Larger than the client's Maximum Packet Size.</summary>
    TooLarge,
}

/// <summary>
/// Outgoing bytes of one connection. Any thread appends whole packets under a short lock; one flush at a time takes everything that
/// came meanwhile and gives it to the transport outside the lock. While a flush waits for a slow client, packets gather here up to a
/// limit; beyond it QoS 0 is dropped and QoS 1 and 2 stay in the Session's queue. There is no writer task.
/// </summary>
internal sealed class ConnectionOutput(PipeWriter transport, BufferPool pool, BrokerCounters counters, int limit)
{
    /// <summary>Pending bytes at which a batch flushes at once instead of at its end, so that memory and caches stay small.</summary>
    public const int EagerFlush = 64 * 1024;

    private readonly Lock _lock = new();
    private byte[]? _pending;
    private int _length;
    private bool _flushing;
    private bool _inBatch;
    private bool _closed;
    private OutboundAliases? _aliases;

    /// <summary>The Session whose queue goes on after a flush that had to wait. Set once, before traffic.</summary>
    public Session? Session { get; set; }

    /// <summary>Version that PUBLISH is encoded for. Set once, before traffic.</summary>
    public ProtocolVersion Version { get; set; } = ProtocolVersion.V311;

    /// <summary>Largest packet that the client accepts [MQTT-3.1.2-24].</summary>
    public uint MaximumPacketSize { get; set; } = uint.MaxValue;

    /// <summary>Whether packets may be encoded once for many connections: no aliases of its own.</summary>
    public bool TakesSharedBytes => _aliases is null;

    /// <summary>Whether more may be written without being congested.</summary>
    public bool HasRoom => Volatile.Read(ref _length) < limit && !Volatile.Read(ref _closed);

    /// <summary>Bytes that wait.</summary>
    public int PendingBytes => Volatile.Read(ref _length);

    /// <summary>Lets PUBLISH packets use topic aliases up to the given number.</summary>
    public void UseAliases(int maximum) => _aliases = maximum > 0 ? new OutboundAliases(maximum) : null;

    /// <summary>Appends one whole packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="force">Append even when congested: for answers and for what is bounded by the in-flight window.</param>
    /// <param name="batch">Batch that will flush.</param>
    /// <param name="packetIdOffset">Where to put <paramref name="packetId"/>; negative for nowhere.</param>
    /// <param name="packetId">Packet Identifier.</param>
    public WriteResult Write(ReadOnlySpan<byte> packet, bool force, FlushBatch batch, int packetIdOffset = -1, ushort packetId = 0)
    {
        bool join;
        bool eager;
        lock (_lock)
        {
            if (_closed) return WriteResult.Closed;
            if (!force && _length != 0 && _length + packet.Length > limit) return WriteResult.Congested;
            var target = Reserve(packet.Length);
            packet.CopyTo(target);
            if (packetIdOffset >= 0)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(target[packetIdOffset..], packetId);
            Commit(packet.Length, out join, out eager);
        }

        if (join) batch.Add(this);
        if (eager) Flush();
        return WriteResult.Written;
    }

    /// <summary>Encodes and appends a PUBLISH that cannot share bytes with others: aliases, Subscription Identifiers, DUP, stored messages.</summary>
    public WriteResult WritePublish(in OutgoingPublish publish, bool force, FlushBatch batch)
    {
        bool join;
        bool eager;
        lock (_lock)
        {
            if (_closed) return WriteResult.Closed;
            ushort alias = 0;
            bool known = false;
            if (_aliases is not null && Version == ProtocolVersion.V5) alias = _aliases.Find(publish.Topic, out known);
            var topic = known ? default : publish.Topic;
            int length = PublishWriter.GetLength(
                Version, topic.Length, publish.Properties.Length, publish.Payload.Length, publish.QoS, publish.HasExpiry,
                publish.SubscriptionIdentifiers, alias);
            if ((uint)length > MaximumPacketSize) return WriteResult.TooLarge;
            if (!force && _length != 0 && _length + length > limit) return WriteResult.Congested;
            var target = Reserve(length);
            PublishWriter.Write(
                target, Version, topic, publish.Properties, publish.Payload, publish.QoS, publish.Retain, publish.Dup, publish.PacketId,
                publish.HasExpiry, publish.ExpiryInterval, publish.SubscriptionIdentifiers, alias, out _);
            if (alias != 0 && !known) _aliases!.Add(publish.Topic, alias);
            Commit(length, out join, out eager);
        }

        if (join) batch.Add(this);
        if (eager) Flush();
        return WriteResult.Written;
    }

    /// <summary>Sends what waits, unless a flush is under way (which then takes it along). Never waits.</summary>
    public void Flush()
    {
        byte[]? bytes;
        int length;
        lock (_lock)
        {
            _inBatch = false;
            if (_flushing || _length == 0 || _closed) return;
            _flushing = true;
            Take(out bytes, out length);
        }

        while (bytes is not null)
        {
            ValueTask<FlushResult> flush;
            try
            {
                transport.Write(bytes.AsSpan(0, length));
                pool.Return(bytes);
                counters.AddBytesSent(length);
                flush = transport.FlushAsync();
                if (!flush.IsCompletedSuccessfully)
                {
                    _ = FinishAsync(flush);
                    return;
                }

                if (flush.Result.IsCompleted)
                {
                    Close();
                    return;
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
            {
                // The transport is gone; its read side ends the connection with the reason.
                Close();
                return;
            }

            lock (_lock)
            {
                if (_length == 0 || _closed)
                {
                    _flushing = false;
                    return;
                }

                Take(out bytes, out length);
            }
        }
    }

    /// <summary>Refuses further bytes and forgets the waiting ones.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _length = 0;
            _flushing = false;
            if (_pending is not null) pool.Return(_pending);
            _pending = null;
        }
    }

    /// <summary>Whether nothing waits and no flush is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return _closed || (!_flushing && _length == 0);
        }
    }

    private async Task FinishAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            var result = await flush.ConfigureAwait(false);
            if (result.IsCompleted)
            {
                Close();
                return;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            Close();
            return;
        }

        lock (_lock) _flushing = false;
        Flush();
        Session?.OnDrained();
    }

    private Span<byte> Reserve(int length)
    {
        int needed = checked(_length + length);
        if (_pending is null)
        {
            _pending = pool.Rent(needed);
        }
        else if (_pending.Length < needed)
        {
            var larger = pool.Rent(needed);
            _pending.AsSpan(0, _length).CopyTo(larger);
            pool.Return(_pending);
            _pending = larger;
        }

        return _pending.AsSpan(_length, length);
    }

    private void Commit(int length, out bool join, out bool eager)
    {
        _length += length;
        join = !_inBatch && !_flushing;
        if (join) _inBatch = true;
        eager = !_flushing && _length >= EagerFlush;
    }

    private void Take(out byte[]? bytes, out int length)
    {
        bytes = _pending;
        length = _length;
        _pending = null;
        _length = 0;
    }
}
