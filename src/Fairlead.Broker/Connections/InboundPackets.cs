using System.Buffers;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Connections;

/// <summary>
/// Cuts the input into packets and hands each to its handler, in place. A packet that straddles two segments is the only one copied.
/// </summary>
internal sealed class InboundPackets(MqttBroker broker, Connection connection)
{
    // Made when first needed: a connection that only listens has no use for the one, an idle one for neither.
    private PublishHandler? _publish;
    private SubscribeHandler? _subscribe;

    private PublishHandler Publish => _publish ??= new PublishHandler(broker, connection);

    private SubscribeHandler Subscribe => _subscribe ??= new SubscribeHandler(broker, connection);

    /// <summary>Handles every whole packet in the buffer; returns where the first incomplete one starts.</summary>
    public SequencePosition Handle(in ReadOnlySequence<byte> buffer, PublishScratch scratch)
    {
        int limit = broker.Options.MaximumPacketSize;
        var remaining = buffer;
        while (!remaining.IsEmpty && !connection.IsClosed)
        {
            var span = remaining.FirstSpan;
            int offset = 0;
            DecodeError error;
            while (offset < span.Length)
            {
                var status = FrameReader.TryRead(span[offset..], limit, out var header, out error);
                if (status == DecodeStatus.Incomplete) break;
                if (status == DecodeStatus.Failed) return Refuse(error, remaining);
                var frame = span.Slice(offset, header.TotalLength);
                offset += header.TotalLength;
                Dispatch(header, frame, scratch);
                if (connection.IsClosed) return remaining.GetPosition(offset);
            }

            remaining = remaining.Slice(offset);
            if (remaining.IsSingleSegment) break;
            var straddling = FrameReader.TryRead(remaining, limit, out var longHeader, out error);
            if (straddling == DecodeStatus.Incomplete) break;
            if (straddling == DecodeStatus.Failed) return Refuse(error, remaining);
            var copy = scratch.FrameBytes(longHeader.TotalLength);
            remaining.Slice(0, longHeader.TotalLength).CopyTo(copy);
            remaining = remaining.Slice(longHeader.TotalLength);
            Dispatch(longHeader, copy, scratch);
        }

        return remaining.Start;
    }

    private SequencePosition Refuse(in DecodeError error, in ReadOnlySequence<byte> remaining)
    {
        connection.Close(error.Code, Sentence(error));
        return remaining.Start;
    }

    private static string Sentence(in DecodeError error) =>
        error.StatementId.Length == 0 ? error.Reason : $"{error.Reason} [{error.StatementId}]";

    private void Dispatch(FrameHeader header, ReadOnlySpan<byte> frame, PublishScratch scratch)
    {
        var body = frame[header.HeaderLength..];
        var error = DecodeError.None;
        switch (header.Type)
        {
            case PacketType.Publish:
                Publish.OnPublish(header, frame, scratch, out error);
                break;
            case PacketType.PubAck:
            case PacketType.PubRec:
            case PacketType.PubRel:
            case PacketType.PubComp:
                if (PacketReader.TryReadAck(header, body, connection.Version, out var ack, out error)) Publish.OnAck(ack, scratch);
                break;
            case PacketType.Subscribe:
                if (PacketReader.TryReadSubscribe(header, body, connection.Version, out var subscribe, out error))
                    Subscribe.OnSubscribe(subscribe!, scratch);
                break;
            case PacketType.Unsubscribe:
                if (PacketReader.TryReadUnsubscribe(header, body, connection.Version, out var unsubscribe, out error))
                    Subscribe.OnUnsubscribe(unsubscribe!, scratch);
                break;
            case PacketType.PingReq:
                AnswerPing(scratch);
                break;
            case PacketType.Disconnect:
                if (PacketReader.TryReadDisconnect(header, body, connection.Version, out var disconnect, out error))
                    connection.OnDisconnect(disconnect!);
                break;
            case PacketType.Connect:
                error = new DecodeError(ReasonCode.ProtocolError, "second CONNECT on one connection", "MQTT-3.1.0-2");
                break;
            case PacketType.Auth:
                error = new DecodeError(
                    ReasonCode.ProtocolError, "AUTH, although CONNECT named no Authentication Method", "MQTT-4.12.0-6");
                break;
            default:
                error = new DecodeError(ReasonCode.ProtocolError, $"{header.Type} is not sent by clients", "");
                break;
        }

        if (error.IsError) connection.Close(error.Code, Sentence(error));
    }

    private void AnswerPing(PublishScratch scratch)
    {
        var observer = broker.Pings;
        long askedAt = observer is null ? 0 : broker.Now;
        var result = connection.Output.Write([(byte)PacketType.PingResp << 4, 0], force: true, scratch.Batch);
        observer?.OnPing(connection.Subject, askedAt, result == WriteResult.Closed ? null : broker.Now);
    }
}
