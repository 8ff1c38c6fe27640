using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Connections;

/// <summary>
/// PUBLISH and its acknowledgments, by the letter of MQTT 5 sections 3.3 to 3.7 and 4.3. The order of the checks matters: the alias is
/// resolved before anything asks about the topic.
/// </summary>
internal sealed class PublishHandler(MqttBroker broker, Connection connection)
{
    /// <summary>A PUBLISH from the client.</summary>
    public void OnPublish(FrameHeader header, ReadOnlySpan<byte> frame, PublishScratch scratch, out DecodeError error)
    {
        var body = frame[header.HeaderLength..];
        if (!PublishView.TryRead(header, body, connection.Version, out var view, out error)) return;
        connection.MessagesIn++;
        scratch.Counters.CountReceived((int)view.QoS, view.Payload.Length);
        if (!CheckLimits(view, out error) || !ResolveAlias(view, out var topic, out error)) return;
        if (broker.Options.MaximumMessageRate > 0 && !CheckRate(view, scratch, out error)) return;

        var session = connection.Session!;
        if (view.QoS == QualityOfService.ExactlyOnce && session.HasReceived(view.PacketId))
        {
            // [MQTT-4.3.3-10]: a repeated PUBLISH before PUBREL is answered, not delivered again.
            connection.Reply(PacketType.PubRec, view.PacketId, ReasonCode.Success, null, scratch);
            return;
        }

        if (!CheckQuota(view, out error)) return;
        var forwarded = Forwarded(view, scratch, out bool verbatim);
        bool hasExpiry = view.HasMessageExpiry;
        uint expiry = hasExpiry ? ClampExpiry(view.MessageExpiryInterval) : 0;
        var publication = new Publication
        {
            Topic = topic,
            Payload = view.Payload,
            Properties = forwarded,
            QoS = view.QoS,
            Retain = view.Retain,
            IsRepeated = view.Dup,
            HasExpiry = hasExpiry,
            ExpiryInterval = expiry,
            Origin = PublishOrigin.Client,
            ClientId = session.ClientId,
            Principal = connection.Principal,
            RemoteEndPoint = connection.Info.RemoteEndPoint,
            Frame = verbatim && !view.Retain && !view.Dup ? frame : default,
            FrameVersion = connection.Version,
        };
        var refusal = broker.CheckPublish(publication, connection.Subject, scratch.Counters);
        if (refusal.IsError)
        {
            Refuse(view, refusal, topic, scratch);
            return;
        }

        scratch.ReceiptSource = view.QoS == QualityOfService.AtMostOnce ? null : connection;
        if (view.QoS == QualityOfService.ExactlyOnce) scratch.HoldChanges();
        var result = broker.Router.Accept(publication, session, scratch);
        if (view.QoS != QualityOfService.AtMostOnce) Acknowledge(view, result, scratch);
        else if (result.ReasonCode == ReasonCode.TopicNameInvalid) connection.Close(result.ReasonCode, result.Reason); // spec/aws-shadow 2
        if (!result.Accepted) broker.Refusals?.OnPublishReceived(connection.Subject, topic, view.Retain, result.ReasonCode, result.Reason);
        else broker.Traffic?.OnPublishReceived(connection.Subject, topic, view.Retain, ReasonCode.Success, "");
        scratch.Reset();
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP from the client.</summary>
    public void OnAck(in AckPacket ack, PublishScratch scratch)
    {
        var deliveries = connection.Session!.Deliveries;
        switch (ack.Type)
        {
            case PacketType.PubAck:
                deliveries.OnPubAck(ack.PacketId, ack.ReasonCode, scratch);
                break;
            case PacketType.PubRec:
                // [MQTT-4.3.3-4]; an unknown identifier is told so in version 5, and ends with PUBCOMP in 3.x all the same.
                if (!deliveries.OnPubRec(ack.PacketId, ack.ReasonCode >= ReasonCode.UnspecifiedError, scratch))
                    connection.SendAck(PacketType.PubRel, ack.PacketId, ReasonCode.PacketIdentifierNotFound, scratch);
                break;
            case PacketType.PubComp:
                deliveries.OnPubComp(ack.PacketId, scratch);
                break;
            default:
                OnPubRel(ack, scratch);
                break;
        }
    }

    private void OnPubRel(in AckPacket ack, PublishScratch scratch)
    {
        var session = connection.Session!;
        if (!session.Release(ack.PacketId))
        {
            connection.Reply(PacketType.PubComp, ack.PacketId, ReasonCode.PacketIdentifierNotFound, null, scratch);
            return;
        }

        if (!session.IsPersistent || !broker.Store.IsDurable)
        {
            connection.Reply(PacketType.PubComp, ack.PacketId, ReasonCode.Success, null, scratch);
            return;
        }

        // PUBCOMP lets the client use the identifier again: that it is free must survive a crash first.
        var reply = connection.OpenReply(isPublish: false);
        reply.Type = PacketType.PubComp;
        reply.PacketId = ack.PacketId;
        reply.Hold();
        broker.Store.Append(new StoreChange
        {
            Kind = StoreChangeKind.InboundReleased,
            SessionId = session.Id,
            PacketId = ack.PacketId,
            Receipt = reply,
        });
        reply.Release();
    }

    private bool CheckLimits(in PublishView view, out DecodeError error)
    {
        error = DecodeError.None;
        var options = broker.Options;
        if (view.Payload.Length > options.MaximumPayloadSize)
        {
            var code = options.Profile == BrokerProfile.Aws ? ReasonCode.QuotaExceeded : ReasonCode.PacketTooLarge;
            error = new DecodeError(code, $"payload of {view.Payload.Length} bytes, at most {options.MaximumPayloadSize} are accepted", "");
        }
        else if (view.QoS > options.MaximumQoS)
        {
            error = new DecodeError(ReasonCode.QoSNotSupported, $"QoS {(int)view.QoS} is not supported", "MQTT-3.2.2-11");
        }
        else if (view.HasSubscriptionIdentifier)
        {
            error = new DecodeError(ReasonCode.ProtocolError, "PUBLISH from a client carries a Subscription Identifier", "MQTT-3.3.4-6");
        }

        return !error.IsError;
    }

    private bool ResolveAlias(in PublishView view, out ReadOnlySpan<byte> topic, out DecodeError error)
    {
        topic = view.Topic;
        error = DecodeError.None;
        if (view.TopicAlias == 0) return true;
        int maximum = broker.Options.TopicAliasMaximum;
        if (view.TopicAlias > maximum)
        {
            error = new DecodeError(
                ReasonCode.TopicAliasInvalid, $"Topic Alias {view.TopicAlias} is above the maximum {maximum}", "MQTT-3.3.2-9");
            return false;
        }

        var aliases = connection.InboundAliases ??= new byte[]?[maximum];
        ref byte[]? known = ref aliases[view.TopicAlias - 1];
        if (view.Topic.Length != 0)
        {
            // [MQTT-3.3.2-12]: a new name takes the alias over.
            if (known is null || !view.Topic.SequenceEqual(known)) known = view.Topic.ToArray();
            return true;
        }

        if (known is null)
        {
            error = new DecodeError(ReasonCode.ProtocolError, $"Topic Alias {view.TopicAlias} stands for no Topic Name yet", "MQTT-3.3.2-8");
            return false;
        }

        topic = known;
        return true;
    }

    private bool CheckQuota(in PublishView view, out DecodeError error)
    {
        error = DecodeError.None;
        if (view.QoS == QualityOfService.AtMostOnce || connection.Version != ProtocolVersion.V5) return true;
        int open = connection.UnacknowledgedPublishes + connection.Session!.InboundCount;
        if (open < broker.Options.ReceiveMaximum) return true;
        error = new DecodeError(
            ReasonCode.ReceiveMaximumExceeded, $"more than {broker.Options.ReceiveMaximum} publications unacknowledged", "MQTT-3.3.4-7");
        return false;
    }

    /// <summary>AWS: more messages than allowed in a second are discarded (spec/aws-messaging 1.14); twice as many end the connection.</summary>
    private bool CheckRate(in PublishView view, PublishScratch scratch, out DecodeError error)
    {
        error = DecodeError.None;
        int most = broker.Options.MaximumMessageRate;
        long now = connection.RateInThisSecond();
        if (now <= most) return true;
        broker.Counters.CountDrop(Diagnostics.DropReason.RateExceeded);
        if (now > most * 2L)
            error = new DecodeError(ReasonCode.MessageRateTooHigh, $"more than {most * 2L} messages within a second", "");
        else if (view.QoS != QualityOfService.AtMostOnce && connection.Version == ProtocolVersion.V5)
            connection.Reply(
                view.QoS == QualityOfService.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec, view.PacketId, ReasonCode.QuotaExceeded,
                $"more than {most} messages within a second", scratch);
        return false;
    }

    private static ReadOnlySpan<byte> Forwarded(in PublishView view, PublishScratch scratch, out bool verbatim)
    {
        verbatim = view.ForwardsVerbatim;
        if (verbatim) return view.Properties;
        var cut = scratch.PropertyBytes(view.ForwardableLength);
        view.CopyForwardable(cut);
        return cut;
    }

    private uint ClampExpiry(uint seconds)
    {
        // AWS: 0 is raised to 1, more than the maximum is cut (spec/aws-messaging 1.13).
        if (broker.Options.Profile == BrokerProfile.Aws && seconds == 0) seconds = 1;
        return Math.Min(seconds, broker.Options.MaximumMessageExpiry);
    }

    /// <summary>
    /// Notes the identifier of a QoS 2 publication that was accepted [MQTT-4.3.3-10], together with its deliveries: a crash between the
    /// two would lose the message or deliver it twice.
    /// </summary>
    private void ReceiveExactlyOnce(ushort packetId, bool accepted, PublishScratch scratch)
    {
        var session = connection.Session!;
        if (accepted) session.TryReceive(packetId);
        if (accepted && session.IsPersistent && broker.Store.IsDurable)
        {
            scratch.Tell(new StoreChange
            {
                Kind = StoreChangeKind.InboundReceived,
                SessionId = session.Id,
                PacketId = packetId,
                Receipt = scratch.HoldReceipt(),
            });
        }

        scratch.TellHeld();
    }

    private void Acknowledge(in PublishView view, PublishResult result, PublishScratch scratch)
    {
        var type = view.QoS == QualityOfService.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        var code = result.ReasonCode;
        if (scratch.StoreRefused && code < ReasonCode.UnspecifiedError) code = ReasonCode.QuotaExceeded;
        if (type == PacketType.PubRec) ReceiveExactlyOnce(view.PacketId, code < ReasonCode.UnspecifiedError, scratch);
        if (code >= ReasonCode.UnspecifiedError && connection.Version != ProtocolVersion.V5)
        {
            // A 3.x acknowledgment cannot say no; without one the client keeps the message and sends it again.
            connection.Close(code, Explain(result));
            if (scratch.Receipt is PendingReplies.Reply unsent)
            {
                unsent.Packet = [];
                unsent.Release();
            }

            return;
        }

        if (broker.Options.Profile == BrokerProfile.Aws && code == ReasonCode.NoMatchingSubscribers) code = ReasonCode.Success;
        if (scratch.Receipt is not PendingReplies.Reply reply)
        {
            connection.Reply(type, view.PacketId, code, code >= ReasonCode.UnspecifiedError ? Explain(result) : null, scratch);
            return;
        }

        reply.Type = type;
        reply.PacketId = view.PacketId;
        reply.Code = code;
        reply.Release();
    }

    private static string Explain(PublishResult result) => result.Reason.Length != 0 ? result.Reason : "the store cannot write now";

    private void Refuse(in PublishView view, in DecodeError refusal, ReadOnlySpan<byte> topic, PublishScratch scratch)
    {
        broker.Log.PublishRefused(
            connection.ClientId, connection.Principal.ToString(), System.Text.Encoding.UTF8.GetString(topic), refusal.Code, refusal.Reason);
        // Who is governed by AWS policies is told as AWS tells, whatever the profile (spec/aws-registry-and-policies 19).
        bool aws = broker.Options.Profile == BrokerProfile.Aws || (connection.IsGoverned && refusal.Code == ReasonCode.NotAuthorized);
        broker.Refusals?.OnPublishReceived(connection.Subject, topic, view.Retain, refusal.Code, refusal.Reason);
        bool v5 = connection.Version == ProtocolVersion.V5;
        if (aws && (!v5 || view.QoS == QualityOfService.AtMostOnce))
        {
            // spec/aws-messaging 1.10: a denied PUBLISH that cannot be answered ends the connection.
            connection.Close(refusal.Code, refusal.Reason);
            return;
        }

        if (view.QoS == QualityOfService.AtMostOnce) return;
        // [MQTT-3.3.5-2] of 3.1.1: acknowledged although not allowed; the log and the counters tell.
        var type = view.QoS == QualityOfService.AtLeastOnce ? PacketType.PubAck : PacketType.PubRec;
        if (!v5 && type == PacketType.PubRec) connection.Session!.TryReceive(view.PacketId);
        connection.Reply(type, view.PacketId, v5 ? refusal.Code : ReasonCode.Success, refusal.Reason, scratch);
    }
}
