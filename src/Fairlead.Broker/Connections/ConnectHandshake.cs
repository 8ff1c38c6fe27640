using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Connections;

/// <summary>
/// From the first byte to CONNACK (MQTT 5, sections 3.1 and 3.2): reads CONNECT, asks who it is and whether it may, claims the Session.
/// Lives only that long, so that a connected client does not carry its state.
/// </summary>
internal sealed class ConnectHandshake(MqttBroker broker, Connection connection, IDuplexPipe transport)
{
    /// <summary>Runs the handshake. True when the client is connected and the read loop may start.</summary>
    public async ValueTask<bool> RunAsync(CancellationToken aborted)
    {
        var connect = await ReadConnectAsync().ConfigureAwait(false);
        if (connect is null) return false;
        connection.Version = connect.Version;
        connection.Output.MaximumPacketSize = connect.MaximumPacketSize ?? uint.MaxValue;
        connection.SendsReasons = connect.Version == ProtocolVersion.V5 && connect.RequestProblemInformation;
        var refusal = Check(connect);
        if (refusal.IsError) return Refuse(refusal.Code, refusal.Reason, connect, "protocol");
        if (broker.IsStopping) return Refuse(ReasonCode.ServerShuttingDown, "the broker is shutting down", connect, "limit");

        var answer = await AuthenticateAsync(connect, aborted).ConfigureAwait(false);
        if (answer.Principal is null) return Refuse(answer.ReasonCode, answer.Reason, connect, "auth", answer.IsSilent);
        string clientId = connect.ClientId.Length != 0 ? connect.ClientId : broker.NewClientId();
        connection.Subject = new AccessSubject(answer.Principal, clientId, connection.Info)
        {
            IsPersistent = !connect.CleanStart || ExpiryOf(connect) > 0,
            WillTopic = connect.Will?.Topic,
        };
        connection.IsGoverned = broker.Authorizer.Governs(connection.Subject);
        refusal = Authorize(connect, clientId);
        if (refusal.IsError) return Refuse(refusal.Code, refusal.Reason, connect, "policy");
        if (broker.Counters.Connections >= broker.Options.MaximumConnections)
            return Refuse(ReasonCode.QuotaExceeded, $"more than {broker.Options.MaximumConnections} connections", connect, "limit");

        var claim = await ClaimAsync(connect, clientId).ConfigureAwait(false);
        Accept(connect, claim);
        return !connection.IsClosed;
    }

    private async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, CancellationToken aborted)
    {
        try
        {
            var answer = await broker.Authenticator.AuthenticateAsync(connect, connection.Info, aborted).ConfigureAwait(false);
            if (answer.Principal is null) Tell(answer.Failure ?? AuthenticationFailure.NotAuthenticated, answer.Reason);
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Tell(AuthenticationFailure.Internal, "the hub failed: see its log");
            throw;
        }

        void Tell(AuthenticationFailure failure, string reason) =>
            broker.Refusals?.OnNotAuthenticated(connect.ClientId, connection.Info, failure, reason);
    }

    private async ValueTask<ConnectPacket?> ReadConnectAsync()
    {
        while (true)
        {
            var result = await transport.Input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            var status = TryReadConnect(buffer, out var consumed, out var packet, out var version, out var error);
            PublishScratch.Of(broker).Counters.BytesReceived += buffer.Slice(0, consumed).Length;
            transport.Input.AdvanceTo(consumed, status == DecodeStatus.Incomplete ? buffer.End : consumed);
            if (status == DecodeStatus.Complete) return packet;
            if (status == DecodeStatus.Failed)
            {
                connection.Version = version;
                RefuseMalformed(error);
                return null;
            }

            if (connection.IsClosed) return null;
            if (!result.IsCompleted) continue;
            connection.EndBy(ClosedBy.Network, ReasonCode.UnspecifiedError, "the connection was closed before CONNECT");
            return null;
        }
    }

    private DecodeStatus TryReadConnect(
        in ReadOnlySequence<byte> buffer, out SequencePosition consumed, out ConnectPacket? packet, out ProtocolVersion version,
        out DecodeError error)
    {
        consumed = buffer.Start;
        packet = null;
        version = ProtocolVersion.V311;
        int limit = Math.Min(broker.Options.MaximumConnectSize, broker.Options.MaximumPacketSize);
        var status = FrameReader.TryRead(buffer, limit, out var header, out error);
        if (status == DecodeStatus.Failed) error = error with { StatementId = "" };
        if (buffer.Length > 0 && buffer.FirstSpan[0] >> 4 != (int)PacketType.Connect)
        {
            // [MQTT-3.1.0-1]: the first packet must be CONNECT. Nobody is told more.
            error = new DecodeError(ReasonCode.Success, "", "");
            connection.EndBy(ClosedBy.Server, ReasonCode.ProtocolError, "the first packet was not CONNECT [MQTT-3.1.0-1]");
            return DecodeStatus.Failed;
        }

        if (status != DecodeStatus.Complete) return status;
        var frame = buffer.Slice(0, header.TotalLength);
        byte[]? copy = frame.IsSingleSegment ? null : frame.ToArray();
        var body = (copy ?? frame.FirstSpan)[header.HeaderLength..];
        version = PacketReader.PeekConnectVersion(body);
        consumed = frame.End;
        return PacketReader.TryReadConnect(header, body, out packet, out error) ? DecodeStatus.Complete : DecodeStatus.Failed;
    }

    private void RefuseMalformed(in DecodeError error)
    {
        if (!error.IsError) return;
        broker.Counters.CountRefused(error.Code);
        broker.Log.ConnectRefused("protocol", "", connection.Info.Listener, connection.Info.RemoteEndPoint?.ToString(), error.Code, error.Reason);
        // 3.x: only an unknown protocol level has an answer [MQTT-3.1.2-2]; anything malformed just ends the connection.
        if (connection.Version == ProtocolVersion.V5 || error.Code == ReasonCode.UnsupportedProtocolVersion)
            Send(new ConnAckPacket { ReasonCode = error.Code, ReasonString = error.Reason });
        connection.EndBy(ClosedBy.Server, error.Code, error.Reason);
    }

    private DecodeError Check(ConnectPacket connect)
    {
        var options = broker.Options;
        bool aws = options.Profile == BrokerProfile.Aws;
        if (aws && connect.Version == ProtocolVersion.V31)
            return new DecodeError(ReasonCode.UnsupportedProtocolVersion, "MQTT 3.1 is not supported", "");
        if (connect.AuthenticationMethod is not null)
            return new DecodeError(ReasonCode.BadAuthenticationMethod, "enhanced authentication is not supported", "MQTT-4.12.0-1");
        bool mayAssign = connect.Version == ProtocolVersion.V5 || (connect.CleanStart && connect.Version == ProtocolVersion.V311);
        if (connect.ClientId.Length == 0 && !mayAssign)
            return new DecodeError(ReasonCode.ClientIdentifierNotValid, "an empty Client Identifier needs Clean Session", "MQTT-3.1.3-8");
        if (Encoding.UTF8.GetByteCount(connect.ClientId) > options.MaximumClientIdLength)
            return new DecodeError(ReasonCode.ClientIdentifierNotValid, $"Client Identifier longer than {options.MaximumClientIdLength} bytes", "");
        if (options.RefuseWildcardClientIds && connect.ClientId.AsSpan().ContainsAny("+#*/"))
            return new DecodeError(ReasonCode.ClientIdentifierNotValid, "a Client Identifier must not contain any of + # * /", "");
        if (aws && connect.ClientId.StartsWith('$'))
            return new DecodeError(ReasonCode.ClientIdentifierNotValid, "a Client Identifier must not start with $", "");
        if (connect.MaximumPacketSize < options.MinimumClientPacketSize)
            return new DecodeError(ReasonCode.QuotaExceeded, $"Maximum Packet Size below {options.MinimumClientPacketSize}", "");
        if (connect.Will is { } will && will.QoS > options.MaximumQoS)
            return new DecodeError(ReasonCode.QoSNotSupported, "the Will's QoS is not supported", "MQTT-3.2.2-12");
        return DecodeError.None;
    }

    private DecodeError Authorize(ConnectPacket connect, string clientId)
    {
        var refusal = broker.Authorize(connection.Subject, AccessAction.Connect, Encoding.UTF8.GetBytes(clientId));
        if (refusal.IsError || connect.Will is not { } will) return refusal;
        byte[] topic = Encoding.UTF8.GetBytes(will.Topic);
        var publication = new Publication
        {
            Topic = topic,
            QoS = will.QoS,
            Retain = will.Retain,
            Origin = PublishOrigin.Will,
            ClientId = clientId,
            Principal = connection.Principal,
        };
        return broker.CheckPublish(publication, connection.Subject, PublishScratch.Of(broker).Counters);
    }

    private uint ExpiryOf(ConnectPacket connect) => connect.Version == ProtocolVersion.V5
        ? Math.Min(connect.SessionExpiryInterval ?? 0, broker.Options.MaximumSessionExpiry)
        : connect.CleanStart ? 0 : broker.Options.DefaultSessionExpiry;

    private ValueTask<SessionClaim> ClaimAsync(ConnectPacket connect, string clientId)
    {
        var options = broker.Options;
        uint expiry = ExpiryOf(connect);
        connection.ConnectExpiry = expiry;
        string principal = connection.Principal.ToString();
        return broker.Directory.ClaimAsync(
            connection, clientId,
            existing => !connect.CleanStart && existing!.IsPersistent
                && (!options.SessionsKeepVersion || (existing.Version == ProtocolVersion.V5) == (connect.Version == ProtocolVersion.V5))
                && MayResume(existing.Principal, principal),
            () =>
            {
                broker.Counters.AddSessions(1);
                return new Session(broker, broker.NextId(), clientId, connect.Version, expiry);
            });
    }

    /// <summary>Nobody inherits what was queued for a user or a device of the Azure dialect but the same one; certificates of one client are rotated and do.</summary>
    private static bool MayResume(string? before, string now) =>
        before is null || before == now || !(before.StartsWith("user ", StringComparison.Ordinal) || before.StartsWith("device ", StringComparison.Ordinal));

    private void Accept(ConnectPacket connect, SessionClaim claim)
    {
        var session = claim.Session;
        var scratch = PublishScratch.Of(broker);
        if (claim.Ended is { } ended) broker.EndSession(ended, scratch);
        connection.Session = session;
        session.Version = connect.Version;
        session.ExpiryInterval = connection.ConnectExpiry;
        session.Principal = connection.Principal.ToString();
        session.DisconnectedAt = 0;
        connection.KeepAlive = EffectiveKeepAlive(connect.KeepAlive);
        connection.KeepAliveAsked = connect.KeepAlive;
        connection.SessionPresent = claim.Present;
        connection.ConnectedAt = broker.Now;
        var output = connection.Output;
        output.Version = connect.Version;
        if (connect.Version == ProtocolVersion.V5)
            output.UseAliases(Math.Min(connect.TopicAliasMaximum, broker.Options.OutboundTopicAliasMaximum));
        output.Session = session;

        broker.OnConnecting(connection, connect);
        bool told = Send(ConnAck(connect, claim));
        int window = Math.Min(broker.Options.MaximumInflight, connect.ReceiveMaximum ?? ushort.MaxValue);
        session.Deliveries.Attach(connection, window);
        session.Save();
        broker.OnConnected(connection, claim.Present);
        session.Deliveries.Pump(scratch);
        foreach (string filter in session.Subscriptions?.Keys.Where(TopicFilter.IsShared).ToArray() ?? [])
            broker.Router.TakeOverShared(session, filter, scratch);
        scratch.Batch.Flush();
        if (told) connection.OnAnswered();
        output.Flush();
    }

    private ConnAckPacket ConnAck(ConnectPacket connect, SessionClaim claim)
    {
        if (connect.Version != ProtocolVersion.V5) return new ConnAckPacket { SessionPresent = claim.Present };
        var options = broker.Options;
        bool aws = options.Profile == BrokerProfile.Aws;
        return new ConnAckPacket
        {
            SessionPresent = claim.Present,
            SessionExpiryInterval = connection.ConnectExpiry == (connect.SessionExpiryInterval ?? 0) ? null : connection.ConnectExpiry,
            ReceiveMaximum = (ushort)options.ReceiveMaximum,
            MaximumQoS = options.MaximumQoS < QualityOfService.ExactlyOnce ? options.MaximumQoS : null,
            RetainAvailable = aws ? true : null,
            MaximumPacketSize = (uint)options.MaximumPacketSize,
            AssignedClientIdentifier = connect.ClientId.Length == 0 ? claim.Session.ClientId : null,
            TopicAliasMaximum = options.TopicAliasMaximum > 0 ? (ushort)options.TopicAliasMaximum : null,
            WildcardSubscriptionAvailable = aws ? true : null,
            SubscriptionIdentifierAvailable = options.SubscriptionIdentifiersAvailable ? null : false,
            SharedSubscriptionAvailable = aws ? true : null,
            ServerKeepAlive = aws || connection.KeepAlive != connect.KeepAlive ? (ushort)connection.KeepAlive : null,
        };
    }

    private int EffectiveKeepAlive(int asked)
    {
        var options = broker.Options;
        int longest = connection.Principal.MaximumKeepAlive > 0 ? connection.Principal.MaximumKeepAlive : options.MaximumKeepAlive;
        if (longest > 0 && (asked == 0 || asked > longest)) return longest;
        return asked != 0 && asked < options.MinimumKeepAlive ? options.MinimumKeepAlive : asked;
    }

    private bool Refuse(ReasonCode code, string reason, ConnectPacket connect, string stage, bool isSilent = false)
    {
        broker.Counters.CountRefused(code);
        broker.Log.ConnectRefused(
            stage, connect.ClientId, connection.Info.Listener, connection.Info.RemoteEndPoint?.ToString(), code, reason);
        // spec/aws-messaging 1.4: a 3.x client with a QoS 2 Will is cut off without CONNACK.
        bool silent = connect.Version != ProtocolVersion.V5
            && (isSilent || (broker.Options.Profile == BrokerProfile.Aws && code == ReasonCode.QoSNotSupported)
                || (stage == "policy" && broker.Options.SilentConnectDenial));
        if (!silent) Send(new ConnAckPacket { ReasonCode = code, ReasonString = Connections.ReasonString.For(connection, "CONNACK", reason) });
        connection.EndBy(ClosedBy.Server, code, reason);
        if (connection.Subject != AccessSubject.Nobody)
        {
            broker.OnConnectRefused(
                new ConnectionEvent(connection.Subject.ClientId, connection.Principal, connection.Info, connection.Id, 0), stage, code, reason);
        }

        return false;
    }

    private bool Send(ConnAckPacket packet)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        PacketWriter.Write(bytes, connection.Version, packet);
        if ((uint)bytes.WrittenCount > connection.Output.MaximumPacketSize)
        {
            // [MQTT-3.1.2-24]: not even the answer to CONNECT may be larger than the client takes.
            connection.EndBy(ClosedBy.Server, ReasonCode.PacketTooLarge, "CONNACK does not fit the client's Maximum Packet Size");
            return false;
        }

        return connection.Output.Write(bytes.WrittenSpan, force: true, PublishScratch.Of(broker).Batch) == WriteResult.Written;
    }
}
