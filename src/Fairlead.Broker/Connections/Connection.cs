using System.Buffers;
using System.IO.Pipelines;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Connections;

/// <summary>
/// One network connection. Its loop reads what has come, handles every whole packet in place and flushes each touched connection once.
/// Inbound state belongs to the loop alone; <see cref="Close(ReasonCode, string)"/> and the sending methods may be called from any thread.
/// </summary>
internal sealed partial class Connection : IReceiptSource
{
    private readonly MqttBroker _broker;
    private readonly IDuplexPipe _transport;
    private readonly Lock _endLock = new();
    private PendingReplies? _replies;
    private TaskCompletionSource? _completed;
    private DisconnectCause? _cause;
    private MessageRate _rate;
    private bool _ended, _answered, _told;

    /// <summary>Makes a connection over a transport.</summary>
    public Connection(MqttBroker broker, IDuplexPipe transport, TransportInfo info, long id)
    {
        _broker = broker;
        _transport = transport;
        Info = info;
        Id = id;
        Output = new ConnectionOutput(transport.Output, broker.Buffers, broker.Counters, broker.Options.MaximumOutputBytes);
        OpenedAt = LastRead = broker.Uptime;
    }

    /// <summary>Number unique in the process.</summary>
    public long Id { get; }

    /// <summary>Listener, addresses, certificate.</summary>
    public TransportInfo Info { get; }

    /// <summary>Outgoing bytes.</summary>
    public ConnectionOutput Output { get; }

    /// <summary>Answers that wait for the store.</summary>
    public int WaitingReplies => _replies?.Count ?? 0;

    /// <summary>QoS 1 publications of the client without their PUBACK yet.</summary>
    public int UnacknowledgedPublishes => _replies?.UnacknowledgedPublishes ?? 0;

    /// <summary>Version of the client; known after CONNECT.</summary>
    public ProtocolVersion Version { get; set; } = ProtocolVersion.V311;

    /// <summary>The Session; null before CONNECT was accepted.</summary>
    public Session? Session { get; set; }

    /// <summary>Who is asked about when something is to be allowed; nobody before authentication.</summary>
    public AccessSubject Subject { get; set; } = AccessSubject.Nobody;

    /// <summary>Identity; anonymous before authentication.</summary>
    public Principal Principal => Subject.Principal;

    /// <summary>Whether policies decide about it, so that each delivery is asked about.</summary>
    public bool IsGoverned { get; set; }

    /// <summary>Keep Alive in force, seconds; 0 for none.</summary>
    public int KeepAlive { get; set; }

    /// <summary>Keep Alive that the client asked for, seconds.</summary>
    public ushort KeepAliveAsked { get; set; }

    /// <summary>Whether Reason Strings may be sent on acknowledgments [MQTT-3.1.2-29].</summary>
    public bool SendsReasons { get; set; }

    /// <summary>Session Expiry Interval of CONNECT [MQTT-3.14.2-2].</summary>
    public uint ConnectExpiry { get; set; }

    /// <summary>Whether CONNECT resumed a Session.</summary>
    public bool SessionPresent { get; set; }

    /// <summary>Names behind the client's topic aliases; null until the first.</summary>
    public byte[]?[]? InboundAliases { get; set; }

    /// <summary>When the transport was opened, <see cref="MqttBroker.Uptime"/> milliseconds.</summary>
    public long OpenedAt { get; }

    /// <summary>When bytes were last read, <see cref="MqttBroker.Uptime"/> milliseconds.</summary>
    public long LastRead { get; private set; }

    /// <summary>When CONNECT was accepted, milliseconds since the Unix epoch; 0 before.</summary>
    public long ConnectedAt { get; set; }

    /// <summary>PUBLISH packets read.</summary>
    public long MessagesIn { get; set; }

    /// <summary>PUBLISH packets sent.</summary>
    public long MessagesOut;

    /// <summary>Deliveries to it that were dropped.</summary>
    public long Dropped;

    /// <summary>Whether it is closing or closed.</summary>
    public bool IsClosed => Volatile.Read(ref _told) || Volatile.Read(ref _ended);

    /// <summary>Client Identifier, for logs; empty before CONNECT.</summary>
    public string ClientId => Session?.ClientId ?? "";

    /// <summary>Completes when the connection has let go of its Session.</summary>
    public Task Completed
    {
        get
        {
            lock (_endLock)
            {
                if (_ended) return Task.CompletedTask;
                return (_completed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>
    /// Runs until the connection is over. Never throws. One asynchronous method from the first byte to the last, because each one that
    /// waits costs an idle connection memory.
    /// </summary>
    public async Task RunAsync(CancellationToken aborted)
    {
        try
        {
            if (await new ConnectHandshake(_broker, this, _transport).RunAsync(aborted).ConfigureAwait(false))
            {
                var inbound = new InboundPackets(_broker, this);
                while (OnRead(await _transport.Input.ReadAsync(CancellationToken.None).ConfigureAwait(false), inbound))
                {
                    // A store that falls behind slows its publishers; who only reads is not concerned.
                    if (_broker.Backlog.IsOver) await _broker.Backlog.WaitAsync().ConfigureAwait(false);
                    if (WaitingReplies >= _broker.Options.ReceiveMaximum)
                        await _replies!.WaitForRoomAsync(_broker.Options.ReceiveMaximum).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or Microsoft.AspNetCore.Connections.ConnectionResetException
            or Microsoft.AspNetCore.Connections.ConnectionAbortedException)
        {
            EndBy(ClosedBy.Network, ReasonCode.UnspecifiedError, "the network connection was lost: " + e.Message);
        }
        catch (Exception e)
        {
            // A bug of ours: framing can no longer be trusted, so the connection ends.
            _broker.Log.PacketFailed(e, ClientId);
            PublishScratch.Of(_broker).Recover();
            Close(ReasonCode.UnspecifiedError, "internal error");
        }

        await FinishAsync().ConfigureAwait(false);
    }

    /// <summary>Sends a PUBLISH made from the publication at hand; encoded once for all subscribers of a kind where possible.</summary>
    public WriteResult SendPublish(
        in Publication publication, QualityOfService qos, bool retain, ushort packetId, ReadOnlySpan<uint> identifiers,
        PublishScratch scratch, bool force)
    {
        WriteResult result;
        if (Output.TakesSharedBytes && (identifiers.IsEmpty || Version != ProtocolVersion.V5))
        {
            var packet = scratch.Encoding.Get(publication, Version, qos, retain, out int offset);
            result = (uint)packet.Length > Output.MaximumPacketSize
                ? WriteResult.TooLarge
                : Output.Write(packet, force, scratch.Batch, offset, packetId);
        }
        else
        {
            result = Output.WritePublish(
                new OutgoingPublish
                {
                    Topic = publication.Topic,
                    Properties = publication.Properties,
                    Payload = publication.Payload,
                    QoS = qos,
                    Retain = retain,
                    PacketId = packetId,
                    HasExpiry = publication.HasExpiry,
                    ExpiryInterval = publication.ExpiryInterval,
                    SubscriptionIdentifiers = identifiers,
                },
                force, scratch.Batch);
        }

        CountSent(result, (int)qos, publication.Payload.Length, scratch);
        if (result == WriteResult.Written) _broker.Traffic?.OnPublishSent(Subject, publication.Topic, ReasonCode.Success, "");
        return result;
    }

    /// <summary>Sends a direct message: never with a topic alias, never congested when its PUBACK is waited for.</summary>
    public WriteResult SendDirect(in Publication publication, QualityOfService qos, ushort packetId, PublishScratch scratch)
    {
        var packet = scratch.Encoding.Get(publication, Version, qos, false, out int offset);
        var result = (uint)packet.Length > Output.MaximumPacketSize
            ? WriteResult.TooLarge
            : Output.Write(packet, qos != QualityOfService.AtMostOnce, scratch.Batch, offset, packetId);
        CountSent(result, (int)qos, publication.Payload.Length, scratch);
        return result;
    }

    /// <summary>Sends a PUBLISH from the queue or again. False when the client cannot take it at all.</summary>
    public bool SendStored(QueuedMessage entry, ushort packetId, bool dup, PublishScratch scratch)
    {
        var message = entry.Message;
        long left = message.ExpiresAt == long.MaxValue ? 0 : Math.Max(0, message.ExpiresAt - _broker.Now) / 1000;
        entry.SentBefore = true;
        entry.PacketId = packetId;
        var result = Output.WritePublish(
            new OutgoingPublish
            {
                Topic = message.Topic,
                Properties = message.Properties,
                Payload = message.Payload,
                QoS = entry.QoS,
                Retain = entry.Retain,
                Dup = dup,
                PacketId = packetId,
                HasExpiry = message.ExpiresAt != long.MaxValue,
                ExpiryInterval = (uint)left,
                SubscriptionIdentifiers = entry.SubscriptionIdentifiers,
            },
            force: true, scratch.Batch);
        CountSent(result, (int)entry.QoS, message.Payload.Length, scratch);
        if (result == WriteResult.Written) _broker.Traffic?.OnPublishSent(Subject, message.Topic, ReasonCode.Success, "");
        return result != WriteResult.TooLarge;
    }

    /// <summary>Sends PUBACK, PUBREC, PUBREL or PUBCOMP without content.</summary>
    public void SendAck(PacketType type, ushort packetId, ReasonCode code, PublishScratch scratch)
    {
        Span<byte> bytes = stackalloc byte[5];
        int length = PacketWriter.WriteAck(bytes, type, packetId, Version, code);
        Output.Write(bytes[..length], force: true, scratch.Batch);
    }

    /// <summary>Answers a request, in order; with a Reason String when the client wants one.</summary>
    public void Reply(PacketType type, ushort packetId, ReasonCode code, string? reason, PublishScratch scratch)
    {
        if (reason is null || !SendsReasons || code < ReasonCode.UnspecifiedError)
        {
            Span<byte> bytes = stackalloc byte[5];
            int length = PacketWriter.WriteAck(bytes, type, packetId, Version, code);
            SendReply(bytes[..length], scratch);
            return;
        }

        var packet = new ArrayBufferWriter<byte>(64);
        PacketWriter.Write(
            packet, Version, new AckPacket { Type = type, PacketId = packetId, ReasonCode = code, ReasonString = Connections.ReasonString.For(this, type == PacketType.PubAck ? "PUBACK" : "PUBREC", reason) });
        SendReply(packet.WrittenSpan, scratch);
    }

    /// <inheritdoc/>
    CommitReceipt IReceiptSource.NewReceipt() => OpenReply(isPublish: true);

    /// <summary>Opens the answer to the request at hand.</summary>
    public PendingReplies.Reply OpenReply(bool isPublish) => (_replies ??= new PendingReplies(this, _broker)).Open(isPublish);

    /// <summary>Sends the answer to the request at hand, behind those that wait for the store.</summary>
    public void SendReply(ReadOnlySpan<byte> packet, PublishScratch scratch)
    {
        if (_replies is null) Output.Write(packet, force: true, scratch.Batch);
        else _replies.Send(packet, scratch);
    }

    private void CountSent(WriteResult result, int qos, int payload, PublishScratch scratch)
    {
        if (result == WriteResult.Written)
        {
            MessagesOut++;
            scratch.Counters.CountSent(qos, payload);
            return;
        }

        if (result == WriteResult.Closed) return;
        _broker.Counters.CountDrop(result == WriteResult.Congested ? DropReason.Congested : DropReason.TooLarge);
        Interlocked.Increment(ref Dropped);
    }

    /// <summary>Handles what has come, then flushes everything it touched. False when the connection is over.</summary>
    private bool OnRead(in ReadResult result, InboundPackets inbound)
    {
        var buffer = result.Buffer;
        if (!buffer.IsEmpty)
        {
            long began = _broker.Timestamp;
            long publishes = MessagesIn;
            LastRead = _broker.UptimeAt(began);
            var scratch = PublishScratch.Of(_broker);
            var consumed = inbound.Handle(buffer, scratch);
            scratch.Counters.BytesReceived += buffer.Slice(0, consumed).Length;
            _transport.Input.AdvanceTo(consumed, buffer.End);
            scratch.Batch.Flush();
            scratch.Shrink();
            if (MessagesIn != publishes) _broker.Counters.PublishLatency.Record(_broker.Since(began));
        }
        else
        {
            _transport.Input.AdvanceTo(buffer.End);
        }

        if (IsClosed) return false;
        if (!result.IsCompleted) return true;
        bool orderly = Info.ClosedByClient?.Invoke() ?? false;
        // spec/aws-messaging 1.7: a WebSocket Close frame stands for DISCONNECT.
        if (orderly && _broker.Options.Profile == BrokerProfile.Aws) _broker.Wills.Discard(Session!);
        EndBy(
            orderly ? ClosedBy.Client : ClosedBy.Network, ReasonCode.UnspecifiedError,
            orderly ? "the client closed the WebSocket" : "the network connection was closed without DISCONNECT");
        return false;
    }
}
