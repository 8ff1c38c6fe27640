using System.Buffers;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Connections;

/// <content>How a connection ends: who ends it, what the client is told, what is cleaned up.</content>
internal sealed partial class Connection
{
    /// <summary>Whom events concern.</summary>
    public ConnectionEvent ToEvent() => new(ClientId, Principal, Info, Id, Session?.Epoch ?? 0)
    {
        Version = Version,
        KeepAlive = KeepAliveAsked,
        SessionExpiry = Session?.ExpiryInterval ?? 0,
        SessionPresent = SessionPresent,
        ConnectedAt = ConnectedAt,
    };

    /// <summary>Whether it is a WebSocket whose handshake proved the identity.</summary>
    public bool IsSignedWebSocket => Info.Identity is not null && (Info.Protocol is "ws" or "wss");

    /// <summary>Takes one of the messages that the connection may have in this second; false when there are no more.</summary>
    public bool TakeTurn() => _broker.Options.MaximumMessageRate == 0 || RateInThisSecond() < _broker.Options.MaximumMessageRate;

    /// <summary>Messages in both directions within the second at hand.</summary>
    public long RateInThisSecond() => _rate.InThisSecond(_broker.Uptime, MessagesIn + Volatile.Read(ref MessagesOut));

    /// <summary>Tells the client (version 5) and ends the connection; the loop cleans up. Safe from any thread; the first call decides.</summary>
    public void Close(ReasonCode code, string reason) => Close(new DisconnectCause(ClosedBy.Server, code, reason));

    /// <summary>Ends the connection for a cause that says what becomes of Session and Will too. False when it was ending already.</summary>
    public bool Close(in DisconnectCause cause)
    {
        bool answered;
        lock (_endLock)
        {
            if (_cause is not null) return false;
            _cause = cause;
            answered = _answered;
        }

        if (answered) SendDisconnect(cause.Code, cause.Reason);
        Volatile.Write(ref _told, true); // not before: the loop that sees it closes the output
        Output.Flush();
        _replies?.Close();
        _transport.Input.CancelPendingRead();
        return true;
    }

    /// <summary>The client is accepted and told so; whoever wanted to close before gets to say so now [MQTT-3.2.0-1].</summary>
    public void OnAnswered()
    {
        DisconnectCause? cause;
        lock (_endLock) (_answered, cause) = (true, _cause);
        if (cause is { By: ClosedBy.Server } close) SendDisconnect(close.Code, close.Reason);
    }

    /// <summary>Notes who ended the connection and why; false when that is known already.</summary>
    public bool EndBy(ClosedBy by, ReasonCode code, string reason)
    {
        lock (_endLock)
        {
            if (_cause is not null) return false;
            _cause = new DisconnectCause(by, code, reason);
            Volatile.Write(ref _told, true);
            return true;
        }
    }

    /// <summary>DISCONNECT from the client [MQTT-3.14.4-3].</summary>
    public void OnDisconnect(DisconnectPacket packet)
    {
        uint? expiry = packet.SessionExpiryInterval;
        if (expiry > 0 && ConnectExpiry == 0)
        {
            Close(ReasonCode.ProtocolError, "DISCONNECT sets a Session Expiry Interval although CONNECT had none [MQTT-3.14.2-2]");
            return;
        }

        if (expiry is { } seconds) Session!.ExpiryInterval = Math.Min(seconds, _broker.Options.MaximumSessionExpiry);
        if (packet.ReasonCode != ReasonCode.DisconnectWithWill) _broker.Wills.Discard(Session!);
        EndBy(ClosedBy.Client, packet.ReasonCode, packet.ReasonString ?? "the client disconnected");
    }

    private void SendDisconnect(ReasonCode code, string reason)
    {
        if (Version != ProtocolVersion.V5) return;
        var packet = new ArrayBufferWriter<byte>(64);
        PacketWriter.Write(packet, Version, new DisconnectPacket { ReasonCode = code, ReasonString = Connections.ReasonString.For(this, "DISCONNECT", reason) });
        if (packet.WrittenCount <= Output.MaximumPacketSize) Output.Write(packet.WrittenSpan, force: true, PublishScratch.Of(_broker).Batch);
    }

    private async Task FinishAsync()
    {
        var cause = _cause ?? new DisconnectCause(ClosedBy.Network, ReasonCode.UnspecifiedError, "the connection ended");
        _cause = cause;
        try
        {
            _broker.OnConnectionEnded(this, cause);
        }
        catch (Exception e)
        {
            _broker.Log.PacketFailed(e, ClientId);
        }

        lock (_endLock)
        {
            Volatile.Write(ref _ended, true);
            _completed?.TrySetResult();
        }

        // What was said last (a refusal, DISCONNECT) should reach the client; one that does not read is not waited for.
        Output.Flush();
        if (!Output.IsIdle) await _broker.WaitForIdleAsync(Output).ConfigureAwait(false);
        Output.Close();
        try
        {
            await _transport.Output.CompleteAsync().ConfigureAwait(false);
            await _transport.Input.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            Info.Abort("the transport could not be completed: " + e.Message);
        }

        _broker.Forget(this);
    }
}
