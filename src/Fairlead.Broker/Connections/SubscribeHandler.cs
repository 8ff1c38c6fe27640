using System.Buffers;
using System.Text;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Routing;
using Fairlead.Broker.Security;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Broker.Connections;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (MQTT 5, sections 3.8 to 3.11): one Reason Code for each Topic Filter, in request order.</summary>
internal sealed class SubscribeHandler(MqttBroker broker, Connection connection)
{
    /// <summary>SUBSCRIBE.</summary>
    public void OnSubscribe(SubscribePacket packet, PublishScratch scratch)
    {
        if (!CheckPacket(packet)) return;
        var session = connection.Session!;
        bool durable = session.IsPersistent && broker.Store.IsDurable;
        var reply = durable ? connection.OpenReply(isPublish: false) : null;
        var codes = new ReasonCode[packet.Subscriptions.Count];
        var granted = new List<(SubscriptionRecord Record, RetainHandling Handling, bool IsNew)>();
        string? reason = null;
        bool tooMany = packet.Subscriptions.Count > broker.Options.MaximumFiltersPerSubscribe;
        for (int i = 0; i < codes.Length; i++)
        {
            var request = packet.Subscriptions[i];
            var refusal = tooMany
                ? new DecodeError(ReasonCode.QuotaExceeded, $"more than {broker.Options.MaximumFiltersPerSubscribe} filters in one SUBSCRIBE", "")
                : Check(request, session);
            if (refusal.IsError)
            {
                codes[i] = refusal.Code;
                reason ??= $"{request.Filter}: {refusal.Reason}";
                broker.Log.SubscribeRefused(
                    session.ClientId, connection.Principal.ToString(), request.Filter, refusal.Code, refusal.Reason);
                if (EndsConnection(refusal, reply)) return;
                continue;
            }

            var qos = (QualityOfService)Math.Min((int)request.QoS, (int)broker.MaximumQoSOf(session.ClientId, request.Filter));
            var record = new SubscriptionRecord(
                request.Filter, qos, request.NoLocal, request.RetainAsPublished, request.RetainHandling,
                packet.SubscriptionIdentifier ?? 0);
            bool isNew = session.Subscribe(record);
            codes[i] = (ReasonCode)qos;
            granted.Add((record, request.RetainHandling, isNew));
            if (!durable) continue;
            reply!.Hold();
            broker.Store.Append(new StoreChange
            {
                Kind = StoreChangeKind.SubscriptionSaved,
                SessionId = session.Id,
                Subject = record,
                Receipt = reply,
            });
        }

        Answer(PacketType.SubAck, packet.PacketId, codes, reason, reply, scratch);
        if ((reason is null ? broker.Traffic : broker.Refusals) is { } traffic)
            traffic.OnSubscribe(connection.Subject, connection.Version, [.. packet.Subscriptions.Select(static s => s.Filter)], codes, reason);
        foreach (var (record, handling, isNew) in granted)
        {
            SendRetained(session, record, handling, isNew, scratch);
            if (TopicFilter.IsShared(record.Filter)) broker.Router.TakeOverShared(session, record.Filter, scratch);
        }

        if (granted.Count > 0) broker.NotifySubscribed(connection, granted.ConvertAll(g => g.Record.Filter));
    }

    /// <summary>UNSUBSCRIBE.</summary>
    public void OnUnsubscribe(UnsubscribePacket packet, PublishScratch scratch)
    {
        var session = connection.Session!;
        bool durable = session.IsPersistent && broker.Store.IsDurable;
        var reply = durable ? connection.OpenReply(isPublish: false) : null;
        var codes = new ReasonCode[packet.Filters.Count];
        var removed = new List<string>();
        for (int i = 0; i < codes.Length; i++)
        {
            string filter = packet.Filters[i];
            if (!session.Unsubscribe(filter))
            {
                // AWS never sends 0x11 (spec/aws-messaging 1.13).
                if (broker.Options.Profile != BrokerProfile.Aws) codes[i] = ReasonCode.NoSubscriptionExisted;
                continue;
            }

            removed.Add(filter);
            if (!durable) continue;
            reply!.Hold();
            broker.Store.Append(new StoreChange
            {
                Kind = StoreChangeKind.SubscriptionRemoved,
                SessionId = session.Id,
                Subject = filter,
                Receipt = reply,
            });
        }

        Answer(PacketType.UnsubAck, packet.PacketId, codes, null, reply, scratch);
        broker.Traffic?.OnUnsubscribe(connection.Subject, packet.Filters);
        if (removed.Count > 0) broker.NotifyUnsubscribed(connection, removed);
    }

    private bool CheckPacket(SubscribePacket packet)
    {
        if (packet.SubscriptionIdentifier is not null && !broker.Options.SubscriptionIdentifiersAvailable)
        {
            connection.Close(ReasonCode.SubscriptionIdentifiersNotSupported, "Subscription Identifiers are not supported");
            return false;
        }

        foreach (var request in packet.Subscriptions)
        {
            if (request.NoLocal && TopicFilter.IsShared(request.Filter))
            {
                connection.Close(ReasonCode.ProtocolError, "No Local on a shared subscription [MQTT-3.8.3-4]");
                return false;
            }

            if (request.QoS > broker.Options.MaximumQoS && broker.Options.Profile == BrokerProfile.Aws)
            {
                // spec/aws-messaging 1.4: a QoS 2 SUBSCRIBE ends the connection.
                connection.Close(ReasonCode.QoSNotSupported, "QoS 2 is not supported");
                return false;
            }
        }

        return true;
    }

    /// <summary>AWS: by a setting, a 3.x client that may not subscribe is cut off as many report it (spec/aws-registry-and-policies 19).</summary>
    private bool EndsConnection(in DecodeError refusal, PendingReplies.Reply? reply)
    {
        bool ends = connection.Principal.IsStrict
            || (broker.Options.StrictV3Disconnect && connection.Version != ProtocolVersion.V5 && refusal.Code == ReasonCode.NotAuthorized);
        if (!ends) return false;
        connection.Close(refusal.Code, refusal.Reason);
        if (reply is null) return true;
        reply.Packet = [];
        reply.Release();
        return true;
    }

    private DecodeError Check(in SubscriptionRequest request, Session session)
    {
        string inner = request.Filter;
        if (TopicFilter.IsShared(request.Filter) && !TopicFilter.TryParseShared(request.Filter, out _, out inner))
            return new DecodeError(ReasonCode.TopicFilterInvalid, "not of the form $share/name/filter", "MQTT-4.8.2-1");
        if (!TopicFilter.IsValid(inner))
            return new DecodeError(ReasonCode.TopicFilterInvalid, "misplaced wildcard, or empty", "MQTT-4.7.1-1");
        byte[] bytes = Encoding.UTF8.GetBytes(inner);
        var shape = broker.CheckTopicShape(bytes, ReasonCode.TopicFilterInvalid);
        if (shape.IsError) return shape;
        bool known = session.Subscriptions?.ContainsKey(request.Filter) == true;
        if (!known && (session.Subscriptions?.Count ?? 0) >= broker.Options.MaximumSubscriptions)
            return new DecodeError(ReasonCode.QuotaExceeded, $"more than {broker.Options.MaximumSubscriptions} subscriptions", "");
        var reserved = broker.CheckReservedFilter(session.ClientId, inner);
        if (reserved.IsError) return reserved;
        return broker.Authorize(connection.Subject, AccessAction.Subscribe, Encoding.UTF8.GetBytes(request.Filter));
    }

    private void Answer(
        PacketType type, ushort packetId, ReasonCode[] codes, string? reason, PendingReplies.Reply? reply, PublishScratch scratch)
    {
        var packet = new ArrayBufferWriter<byte>(16 + codes.Length);
        PacketWriter.Write(packet, connection.Version, new SubAckPacket
        {
            Type = type,
            PacketId = packetId,
            ReasonCodes = codes,
            ReasonString = reason is null ? null : Connections.ReasonString.For(connection, "SUBACK", reason),
        });
        if (reply is null)
        {
            connection.SendReply(packet.WrittenSpan, scratch);
            return;
        }

        reply.Packet = packet.WrittenSpan.ToArray();
        reply.Release();
    }

    private void SendRetained(Session session, SubscriptionRecord record, RetainHandling handling, bool isNew, PublishScratch scratch)
    {
        // [MQTT-3.3.1-9] to [MQTT-3.3.1-11]; never to shared subscriptions (MQTT 5, section 4.8.2).
        if (handling == RetainHandling.DoNotSend || (handling == RetainHandling.SendIfNew && !isNew)) return;
        if (TopicFilter.IsShared(record.Filter)) return;
        if (broker.Options.RetainedToExactFiltersOnly && TopicFilter.HasWildcard(Encoding.UTF8.GetBytes(record.Filter))) return;
        foreach (var message in broker.Retained.Match(record.Filter))
            broker.Router.DeliverRetained(session, record, message, scratch);
    }
}
