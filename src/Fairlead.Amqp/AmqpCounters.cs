namespace Fairlead.Amqp;

/// <summary>What went through one connection. Read at any time; numbers only rise.</summary>
public sealed class AmqpCounters
{
    private long _frames;
    private long _received;
    private long _sent;
    private long _refused;

    /// <summary>Frames that came, heartbeats not counted.</summary>
    public long FramesReceived => Volatile.Read(ref _frames);

    /// <summary>Deliveries that came whole.</summary>
    public long DeliveriesReceived => Volatile.Read(ref _received);

    /// <summary>Deliveries sent, or begun to be sent.</summary>
    public long DeliveriesSent => Volatile.Read(ref _sent);

    /// <summary>Sends refused because too many waited for credit (<see cref="AmqpOptions.MaxWaitingSends"/>).</summary>
    public long SendsRefused => Volatile.Read(ref _refused);

    // Only the read loop counts frames; the rest is counted under the connection's gate.
    internal void FrameReceived() => Volatile.Write(ref _frames, _frames + 1);

    internal void DeliveryReceived() => Volatile.Write(ref _received, _received + 1);

    internal void DeliverySent() => Volatile.Write(ref _sent, _sent + 1);

    internal void SendRefused() => Volatile.Write(ref _refused, _refused + 1);
}
