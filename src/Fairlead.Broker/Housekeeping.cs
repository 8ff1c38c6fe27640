using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <summary>
/// What happens by the clock: Keep Alive, connect timeout, Will delays, Session expiry, retained expiry, <c>$SYS</c>. One timer; each
/// round looks at everything that can be due, which costs less than a timer for each.
/// </summary>
internal sealed class Housekeeping : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetainedPeriod = TimeSpan.FromSeconds(30);
    private const long ConnectsWorthTidying = 1000;
    private readonly MqttBroker _broker;
    private readonly SystemTopics.SystemTopics _systemTopics;
    private readonly ITimer _timer;
    private long _nextSystemTopics;
    private long _nextRetained;
    private long _nextInflight;
    private long _nextTidy;
    private long _connectsSeen;
    private long _connectsTidied;
    private int _running;

    public Housekeeping(MqttBroker broker, TimeProvider time)
    {
        _broker = broker;
        _systemTopics = new SystemTopics.SystemTopics(broker);
        _timer = time.CreateTimer(static state => ((Housekeeping)state!).Run(), this, Period, Period);
    }

    public void Dispose() => _timer.Dispose();

    private void Run()
    {
        // A round that takes longer than the period is not joined by another one.
        if (Interlocked.Exchange(ref _running, 1) != 0) return;
        try
        {
            long uptime = _broker.Uptime;
            Guarded("keep alive", () => SweepConnections(uptime));
            Guarded("sessions", SweepSessions);
            if (IsDue(ref _nextInflight, uptime, TimeSpan.FromSeconds(1)) && _broker.Options.KeepsUnacknowledged)
                Guarded("in flight", SweepInflight);
            if (IsDue(ref _nextRetained, uptime, RetainedPeriod)) Guarded("retained", () => _broker.Retained.Sweep(_broker.Now));
            if (_broker.Options.SystemTopicInterval > TimeSpan.Zero && IsDue(ref _nextSystemTopics, uptime, _broker.Options.SystemTopicInterval))
                Guarded("$SYS", _systemTopics.Publish);
            if (IsDue(ref _nextTidy, uptime, TimeSpan.FromSeconds(1))) TidyUp();
            _broker.Buffers.Trim();
            PublishScratch.Of(_broker).Batch.Flush();
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private void Guarded(string task, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _broker.Log.SweepFailed(e, task);
        }
    }

    private static bool IsDue(ref long next, long now, TimeSpan period)
    {
        if (now < next) return false;
        next = now + (long)period.TotalMilliseconds;
        return true;
    }

    /// <summary>
    /// After a wave of connects what their handshakes left behind would stay until traffic fills the youngest generation, and idle
    /// fleets have none. Collecting the two young generations takes milliseconds however many connections there are.
    /// </summary>
    private void TidyUp()
    {
        long connects = _broker.Counters.ConnectsAccepted;
        bool quiet = connects == _connectsSeen;
        _connectsSeen = connects;
        if (!quiet || connects - _connectsTidied < ConnectsWorthTidying) return;
        _connectsTidied = connects;
        GC.Collect(1, GCCollectionMode.Forced, blocking: true);
    }

    private void SweepConnections(long uptime)
    {
        long connectTimeout = (long)_broker.Options.ConnectTimeout.TotalMilliseconds;
        long webSocketLife = (long)_broker.Options.MaximumWebSocketLife.TotalMilliseconds;
        foreach (var connection in _broker.Connections)
        {
            if (connection.ConnectedAt == 0)
            {
                if (uptime - connection.OpenedAt > connectTimeout)
                    connection.Close(ReasonCode.UnspecifiedError, $"no CONNECT within {connectTimeout / 1000} s");
                continue;
            }

            // spec/aws-messaging 1.1: a signed handshake is good for so long.
            if (webSocketLife > 0 && uptime - connection.OpenedAt > webSocketLife && connection.IsSignedWebSocket)
                connection.Close(ReasonCode.MaximumConnectTime, $"the WebSocket connection is older than {webSocketLife / 1000} s");

            // [MQTT-3.1.2-22]: one and a half times the Keep Alive.
            if (connection.KeepAlive > 0 && uptime - connection.LastRead > connection.KeepAlive * 1500L)
                connection.Close(ReasonCode.KeepAliveTimeout, $"no packet for 1.5 times the Keep Alive of {connection.KeepAlive} s");
        }
    }

    private void SweepSessions()
    {
        long now = _broker.Now;
        var scratch = PublishScratch.Of(_broker);
        foreach (var session in _broker.Away)
        {
            if (session.ExpiryInterval != uint.MaxValue && now - session.DisconnectedAt >= session.ExpiryInterval * 1000L)
            {
                if (_broker.Directory.TryRemoveUnowned(session)) _broker.EndSession(session, scratch);
                continue;
            }

            if (session.Will is { DueAt: > 0 } will && will.DueAt <= now)
            {
                lock (session)
                {
                    // A client that is just coming back has cancelled it.
                    if (session.Owner is null) _broker.Wills.PublishNow(session, scratch);
                }
            }
        }
    }

    private void SweepInflight()
    {
        long now = _broker.Now;
        var scratch = PublishScratch.Of(_broker);
        foreach (var connection in _broker.Connections) connection.Session?.Deliveries.SweepInflight(now, scratch);
    }
}
