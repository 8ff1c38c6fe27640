using System.Text;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt.Sessions;

/// <summary>What the packets of one connection mean. Used by its read loop alone.</summary>
internal sealed class PacketReceiver(ClientSession session, MqttClientOptions options, string server)
{
    private readonly string?[] _aliases = new string?[options.TopicAliasMaximum + 1];
    private byte[] _lastTopicBytes = [];
    private string _lastTopic = "";
    private ReceivedMessage? _undelivered;

    /// <summary>Something was encoded that wants to be flushed when all packets at hand are read.</summary>
    public bool WantsFlush { get; set; }

    private bool IsVersion5 => options.Version == ProtocolVersion.V5;

    /// <summary>Takes a packet; an error ends the connection. Call <see cref="TryDeliver"/> before the next one.</summary>
    public MqttException? OnPacket(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case PacketType.Publish:
                return OnPublish(header, body);
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp:
                return OnAck(header, body);
            case PacketType.SubAck or PacketType.UnsubAck:
                if (!PacketReader.TryReadSubAck(header, body, options.Version, out var subAck, out var error))
                    return Failures.Protocol(server, error);
                return session.OnRequestAnswer(subAck!) ? null : Unexpected($"{header.Type.ToString().ToUpperInvariant()} that answers no request");
            case PacketType.PingResp:
                return null;
            case PacketType.Disconnect when IsVersion5:
                return PacketReader.TryReadDisconnect(header, body, options.Version, out var disconnect, out error)
                    ? Failures.DisconnectedByServer(server, disconnect!)
                    : Failures.Protocol(server, error);
            default:
                return Unexpected($"{header.Type.ToString().ToUpperInvariant()} that a server must not send now");
        }
    }

    /// <summary>Hands over the message of the last packet, if it was one; false when it has to wait for <paramref name="room"/> and try again.</summary>
    public bool TryDeliver(out Task room)
    {
        room = Task.CompletedTask;
        if (_undelivered is not null && !session.Received.TryAdd(_undelivered, boundedByQuota: IsVersion5, out room))
            return false;
        _undelivered = null;
        return true;
    }

    private MqttException? OnPublish(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (!PublishView.TryRead(header, body, options.Version, out var view, out var error))
            return Failures.Protocol(server, error);
        string? topic = ResolveTopic(view);
        if (topic is null)
            return Unexpected($"Topic Alias {view.TopicAlias}", ReasonCode.TopicAliasInvalid);
        InboundDelivery? delivery = null;
        if (view.QoS != QualityOfService.AtMostOnce)
        {
            var outcome = session.Inbound.OnPublish(view.PacketId, view.QoS, out delivery);
            if (outcome == InboundOutcome.TooMany)
                return Unexpected($"more than {options.ReceiveMaximum} unacknowledged messages", ReasonCode.ReceiveMaximumExceeded);
            if (outcome == InboundOutcome.Duplicate)
            {
                WantsFlush = true;
                return null;
            }
        }

        byte[] bytes = new byte[view.Payload.Length + view.Properties.Length];
        view.Payload.CopyTo(bytes);
        view.Properties.CopyTo(bytes.AsSpan(view.Payload.Length));
        _undelivered = new ReceivedMessage(
            topic,
            bytes.AsMemory(0, view.Payload.Length),
            bytes.AsMemory(view.Payload.Length),
            options.Time.GetUtcNow(),
            session.Inbound,
            delivery)
        {
            QoS = view.QoS,
            Retain = view.Retain,
            Dup = view.Dup,
            PacketId = view.PacketId,
            TopicAlias = view.TopicAlias,
        };
        return null;
    }

    private MqttException? OnAck(FrameHeader header, ReadOnlySpan<byte> body)
    {
        if (!PacketReader.TryReadAck(header, body, options.Version, out var ack, out var error))
            return Failures.Protocol(server, error);
        WantsFlush = true;
        lock (session.Gate)
        {
            // Closing: nothing may follow DISCONNECT [MQTT-3.14.4-2].
            if (session.Output is null)
                return null;
            switch (ack.Type)
            {
                case PacketType.PubAck:
                    session.Outbound.OnPubAck(ack);
                    break;
                case PacketType.PubRec:
                    session.Outbound.OnPubRec(ack);
                    break;
                case PacketType.PubRel:
                    session.Inbound.OnPubRel(ack.PacketId);
                    break;
                default:
                    session.Outbound.OnPubComp(ack);
                    break;
            }
        }

        return null;
    }

    /// <summary>The topic as text; the text of the message before is used again when it is the same, which is common. Null for an unknown alias.</summary>
    private string? ResolveTopic(in PublishView view)
    {
        if (view.Topic.IsEmpty)
            return view.TopicAlias < _aliases.Length ? _aliases[view.TopicAlias] : null;
        if (!view.Topic.SequenceEqual(_lastTopicBytes))
        {
            _lastTopicBytes = view.Topic.ToArray();
            _lastTopic = Encoding.UTF8.GetString(view.Topic);
        }

        if (view.TopicAlias == 0)
            return _lastTopic;
        if (view.TopicAlias >= _aliases.Length)
            return null;
        return _aliases[view.TopicAlias] = _lastTopic;
    }

    private MqttException Unexpected(string what, ReasonCode code = ReasonCode.ProtocolError) => new(
        MqttFailure.Protocol,
        $"closed the connection to {server}",
        $"it sent {what}",
        "Report this to the makers of the server",
        code);
}
