using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Connections;

/// <summary>Transfer frames that may still go each way in a session (spec 7.4 rule 2). Under the gate.</summary>
internal sealed class SessionWindow
{
    private readonly uint _size;
    private uint _incomingLeft;
    private uint _nextIncomingId;
    private uint _nextOutgoingId;
    private uint _remoteLeft;
    private bool _begun;

    public SessionWindow(uint size, uint firstOutgoingId)
    {
        _size = _incomingLeft = size;
        FirstOutgoingId = _nextOutgoingId = firstOutgoingId;
    }

    /// <summary>Whether the peer takes another transfer frame.</summary>
    public bool CanSend => _remoteLeft > 0;

    /// <summary>Whether half of the window is used, so that the peer is to be told that it is open again.</summary>
    public bool WantsFlow => (_size - _incomingLeft) * 2UL >= _size;

    public uint FirstOutgoingId { get; }

    public void OnBegin(Begin begin)
    {
        _begun = true;
        _nextIncomingId = begin.NextOutgoingId;
        _remoteLeft = begin.IncomingWindow;
    }

    /// <summary>The peer tells what it has got and takes. A flow without next-incoming-id was written before our begin was seen.</summary>
    public void OnFlow(in Flow flow)
    {
        int onTheWay = SerialNumber.Distance(flow.NextIncomingId ?? FirstOutgoingId, _nextOutgoingId);
        _remoteLeft = (uint)Math.Clamp(flow.IncomingWindow - (long)onTheWay, 0, uint.MaxValue);
    }

    /// <summary>A transfer frame came; false when the peer had no window for it.</summary>
    public bool TryReceive()
    {
        if (_incomingLeft == 0) return false;
        _incomingLeft--;
        unchecked { _nextIncomingId++; }
        return true;
    }

    public void OnSent()
    {
        _remoteLeft--;
        unchecked { _nextOutgoingId++; }
    }

    /// <summary>The session's part of a flow; opens the window again. Always with the true next-incoming-id: rhea reads none as 0 and stalls.</summary>
    public Flow Snapshot()
    {
        _incomingLeft = _size;
        return new Flow
        {
            NextIncomingId = _begun ? _nextIncomingId : null,
            IncomingWindow = _size,
            NextOutgoingId = _nextOutgoingId,
            OutgoingWindow = uint.MaxValue,
        };
    }
}
