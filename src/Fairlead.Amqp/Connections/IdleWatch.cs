using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>
/// Sends heartbeats at less than half of what the peer asks for, and gives up a peer that is silent for twice what this side advertises
/// (spec 7.4 rule 11): half and full are so often mixed up that both sides do better to be generous.
/// </summary>
internal sealed class IdleWatch(AmqpConnection connection, AmqpOptions options) : IDisposable
{
    private readonly TimeProvider _time = options.Time;
    private readonly TimeSpan _limit = options.IdleTimeout * 2;
    private ITimer? _timer;
    private TimeSpan _heartbeat;
    private TimeSpan _period;
    private long _lastRead;

    /// <summary>Begins, once the peer's wish is known.</summary>
    /// <param name="remoteMilliseconds">The peer's idle-time-out; null or 0 for none.</param>
    public void Start(uint? remoteMilliseconds)
    {
        _lastRead = _time.GetTimestamp();
        // Looked at every quarter: a heartbeat then goes out before half of the time is over.
        _heartbeat = remoteMilliseconds is { } wish and > 0 ? TimeSpan.FromMilliseconds(wish / 4.0) : options.CourtesyHeartbeat / 2;
        var watch = options.IdleTimeout > TimeSpan.Zero ? options.IdleTimeout / 2 : TimeSpan.Zero;
        _period = (_heartbeat > TimeSpan.Zero, watch > TimeSpan.Zero) switch
        {
            (true, true) => _heartbeat < watch ? _heartbeat : watch,
            (true, false) => _heartbeat,
            _ => watch,
        };
        if (_period > TimeSpan.Zero) _timer = _time.CreateTimer(static state => ((IdleWatch)state!).Look(), this, _period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something came.</summary>
    public void OnRead() => Volatile.Write(ref _lastRead, _time.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (options.IdleTimeout > TimeSpan.Zero && _time.GetElapsedTime(Volatile.Read(ref _lastRead)) >= _limit)
        {
            var error = new AmqpError(AmqpCondition.ResourceLimitExceeded, $"nothing came for {_limit.TotalMilliseconds} ms");
            connection.Close(error);
        }
        else if (_heartbeat > TimeSpan.Zero && _time.GetElapsedTime(connection.Output.LastFlush) >= _heartbeat)
        {
            lock (connection.Gate)
            {
                // What waits will tell the peer as well as a heartbeat does.
                if (connection.Output.Writer.Length == 0 && !connection.IsClosing) FrameWriter.WriteHeartbeat(connection.Output.Writer);
            }

            connection.Output.Flush();
        }

        _timer?.Change(_period, Timeout.InfiniteTimeSpan);
    }
}
