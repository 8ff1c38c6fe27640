using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>The sessions of a connection by channel. Each direction has numbers of its own (spec 7.4 rule 1). All under the gate.</summary>
internal sealed class Channels(AmqpConnection connection)
{
    private readonly SlotTable<AmqpSession> _local = new();
    private readonly Dictionary<ushort, AmqpSession> _remote = [];
    private readonly Queue<AmqpSession> _stalled = [];

    // As many as channels can have been begun, which channel-max bounds.
    private readonly HashSet<ushort> _ended = [];
    private readonly List<AmqpSession> _flowsDue = [];

    /// <summary>The session that the peer's channel belongs to.</summary>
    public AmqpSession? Find(ushort remoteChannel) => _remote.GetValueOrDefault(remoteChannel);

    /// <summary>Whether the peer has ended a session on its channel and begun no other: some peers still send a flow that they had due (rhea).</summary>
    public bool HasEnded(ushort remoteChannel) => _ended.Contains(remoteChannel);

    /// <summary>Begins a session of this side.</summary>
    public AmqpSession Begin()
    {
        if (connection.IsClosing) throw new AmqpException(connection.CloseReason ?? new AmqpError(AmqpCondition.ConnectionForced, "the connection is over"));
        var session = new AmqpSession(connection);
        if (!TryAssign(session)) throw new AmqpException(new AmqpError(AmqpCondition.ResourceLimitExceeded, "there is no channel left"));
        session.SendBegin(null);
        return session;
    }

    /// <summary>The peer begins a session, or answers a begin.</summary>
    public AmqpError? OnBegin(ushort channel, Begin begin)
    {
        if (channel > connection.Options.ChannelMax) return new AmqpError(AmqpCondition.FramingError, $"channel {channel} is above channel-max");
        if (_remote.ContainsKey(channel)) return new AmqpError(AmqpCondition.NotAllowed, $"a session has begun on channel {channel} already");
        _ended.Remove(channel);
        if (begin.RemoteChannel is { } answered)
        {
            if (_local.Find(answered) is not { RemoteChannel: < 0 } waiting) return new AmqpError(AmqpCondition.NotAllowed, "begin answers no begin");
            _remote[channel] = waiting;
            waiting.OnBegun(channel, begin);
            return null;
        }

        var session = new AmqpSession(connection);
        bool room = _remote.Count < connection.Options.MaxSessions;
        if (!TryAssign(session)) return new AmqpError(AmqpCondition.ResourceLimitExceeded, "there is no channel left");
        _remote[channel] = session;
        session.OnBegun(channel, begin);
        session.SendBegin(channel);
        if (room) connection.Notices.Add(new Notice(NoticeKind.Begun, session));
        else session.End(new AmqpError(AmqpCondition.ResourceLimitExceeded, "too many sessions"));
        return null;
    }

    /// <summary>The peer ends a session, or answers an end.</summary>
    public AmqpError? OnEnd(ushort channel, AmqpError? error)
    {
        if (!_remote.Remove(channel, out var session)) return new AmqpError(AmqpCondition.NotAllowed, $"no session has begun on channel {channel}");
        _ended.Add(channel);
        session.OnEnded(error);
        _local.Remove(session.Channel);
        return null;
    }

    /// <summary>Keeps a session in mind whose window is to be opened again at the end of the batch.</summary>
    public void AddFlowDue(AmqpSession session) => _flowsDue.Add(session);

    /// <summary>Opens the windows that are half used.</summary>
    public void SendDueFlows()
    {
        foreach (var session in _flowsDue) session.SendDueFlow();
        _flowsDue.Clear();
    }

    /// <summary>Keeps a session in mind whose transfers the transport has no room for.</summary>
    public void Stall(AmqpSession session) => _stalled.Enqueue(session);

    /// <summary>Whether the transport had no room for some. Any thread.</summary>
    public bool HasStalled => _stalled.Count > 0;

    /// <summary>Goes on with what the transport had no room for.</summary>
    public void Resume()
    {
        for (int left = _stalled.Count; left > 0 && connection.Output.HasRoom; left--) _stalled.Dequeue().Resume();
    }

    /// <summary>The connection is over: sessions and links are told.</summary>
    public void DropAll(AmqpError? error)
    {
        foreach (var session in _local.Items) session.Drop(error);
        _stalled.Clear();
    }

    private bool TryAssign(AmqpSession session)
    {
        int channel = _local.Add(session, Math.Min(connection.Options.ChannelMax, connection.RemoteOpen?.ChannelMax ?? ushort.MaxValue));
        if (channel < 0) return false;
        session.Channel = (ushort)channel;
        return true;
    }
}
