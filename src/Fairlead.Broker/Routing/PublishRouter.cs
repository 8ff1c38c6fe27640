using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Sessions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Routing;

/// <summary>Takes an authorized publication to everybody it concerns: topic owner, retained store, taps, subscribers.</summary>
internal sealed class PublishRouter(MqttBroker broker)
{
    /// <summary>Accepts a publication. The caller resets the scratch afterwards.</summary>
    public PublishResult Accept(in Publication publication, Session? publisher, PublishScratch scratch)
    {
        scratch.IsRouting = true;
        scratch.Cause = publication.Cause;
        try
        {
            bool isOwned = false;
            if (broker.FindOwner(publication.Topic) is { } owner)
            {
                isOwned = true;
                var verdict = owner.OnPublish(publication);
                if (verdict == OwnedPublish.Consumed) return new PublishResult(ReasonCode.Success, "", 0);
                if (verdict == OwnedPublish.Refused)
                    return new PublishResult(ReasonCode.TopicNameInvalid, "clients may not publish to this reserved topic", 0);
            }

            if (publication.Retain && !broker.Retained.Keep(publication, scratch))
                return new PublishResult(ReasonCode.QuotaExceeded, "no more retained messages can be kept", 0);
            foreach (var tap in broker.Taps) tap.OnPublish(publication);
            int subscribers = Route(publication, publisher, scratch);
            // Its owner has had it, whether or not anybody else has.
            return new PublishResult(subscribers == 0 && !isOwned ? ReasonCode.NoMatchingSubscribers : ReasonCode.Success, "", subscribers);
        }
        finally
        {
            scratch.IsRouting = false;
        }
    }

    /// <summary>Takes a message of a topic's owner to taps and subscribers. The caller resets the scratch afterwards.</summary>
    /// <returns>How many subscribers it went to or was queued for.</returns>
    public int Emit(in Publication publication, PublishScratch scratch)
    {
        scratch.IsRouting = true;
        try
        {
            foreach (var tap in broker.Taps) tap.OnPublish(publication);
            return Route(publication, null, scratch);
        }
        finally
        {
            scratch.IsRouting = false;
        }
    }

    /// <summary>Delivers one retained message to a new subscription, with the RETAIN flag set [MQTT-3.3.1-8].</summary>
    public void DeliverRetained(Session session, SubscriptionRecord record, Message message, PublishScratch scratch)
    {
        long now = broker.Now;
        if (message.IsExpired(now)) return;
        var publication = message.ToPublication(now, PublishOrigin.Process);
        scratch.Use(message);
        scratch.Encoding.Begin();
        ReadOnlySpan<uint> identifiers = record.Identifier == 0 ? [] : [record.Identifier];
        var qos = (QualityOfService)Math.Min((int)message.QoS, (int)record.QoS);
        if (qos == QualityOfService.AtMostOnce) session.Deliveries.DeliverRetainedAtMostOnce(publication, identifiers, scratch);
        else session.Deliveries.Deliver(publication, qos, true, identifiers, null, scratch);
        scratch.Reset();
    }

    /// <summary>A member of a shared group has come online: it takes what waits for members that are away.</summary>
    public void TakeOverShared(Session session, string fullFilter, PublishScratch scratch)
    {
        if (broker.Routes.FindGroup(fullFilter) is not { } group) return;
        foreach (var member in group.Members.ToArray())
        {
            var other = member.Session!;
            if (ReferenceEquals(other, session) || other.IsConnected) continue;
            foreach (var entry in other.Deliveries.TakeShared(fullFilter))
            {
                if (!session.Deliveries.Accept(entry, scratch)) broker.Counters.CountDrop(DropReason.NoMember);
                other.Deliveries.Forget(entry);
            }
        }
    }

    /// <summary>
    /// Shared deliveries of a connection that has gone, not acknowledged: another member gets them [MQTT-4.8.2-5]; when nobody is
    /// connected they wait with whoever can keep them.
    /// </summary>
    public void HandOver(Session from, IReadOnlyList<QueuedMessage> orphans, PublishScratch scratch)
    {
        foreach (var entry in orphans)
        {
            var group = broker.Routes.FindGroup(entry.ShareFilter!);
            var heir = group?.Pick(needsQueue: true, except: from)?.Session;
            if (heir is null || (!heir.IsConnected && from.IsPersistent)) heir = from.IsPersistent ? from : null;
            if (heir is null || !heir.Deliveries.Accept(entry, scratch)) broker.Counters.CountDrop(DropReason.NoMember);
            from.Deliveries.Forget(entry);
        }
    }

    private int Route(in Publication publication, Session? publisher, PublishScratch scratch)
    {
        var matches = scratch.Matches;
        broker.Routes.Match(publication.Topic, matches);
        scratch.Encoding.Begin();
        int delivered = 0;
        if (matches.HasOverlap)
        {
            delivered = RouteMerged(publication, publisher, scratch);
        }
        else
        {
            foreach (var subscription in matches.Subscriptions)
                if (DeliverOne(subscription, publication, publisher, scratch)) delivered++;
        }

        foreach (var group in matches.Groups)
            if (DeliverShared(group, publication, scratch)) delivered++;
        return delivered;
    }

    private bool DeliverOne(Subscription subscription, in Publication publication, Session? publisher, PublishScratch scratch)
    {
        var session = subscription.Session;
        if (session is null)
        {
            subscription.Handler!(publication);
            return true;
        }

        // [MQTT-3.8.3-3]
        if (subscription.NoLocal && ReferenceEquals(session, publisher)) return false;
        uint identifier = subscription.Identifier;
        ReadOnlySpan<uint> identifiers = identifier == 0 ? [] : new ReadOnlySpan<uint>(in identifier);
        return Deliver(session, subscription.QoS, subscription.RetainAsPublished, identifiers, null, publication, scratch);
    }

    /// <summary>
    /// Several filters matched: a Session with more than one of them gets one copy, at the highest QoS, with all Subscription Identifiers
    /// [MQTT-3.3.4-2] [MQTT-3.3.4-4].
    /// </summary>
    private int RouteMerged(in Publication publication, Session? publisher, PublishScratch scratch)
    {
        int delivered = 0;
        var sorted = scratch.Matches.SortBySession();
        for (int i = 0; i < sorted.Length;)
        {
            var session = sorted[i].Session;
            int end = i + 1;
            while (session is not null && end < sorted.Length && ReferenceEquals(sorted[end].Session, session)) end++;
            if (end == i + 1)
            {
                if (DeliverOne(sorted[i], publication, publisher, scratch)) delivered++;
                i = end;
                continue;
            }

            var qos = QualityOfService.AtMostOnce;
            bool asPublished = false;
            int count = 0;
            var identifiers = scratch.Identifiers;
            identifiers.Clear();
            for (; i < end; i++)
            {
                if (sorted[i].NoLocal && ReferenceEquals(session, publisher)) continue;
                count++;
                if (sorted[i].QoS > qos) qos = sorted[i].QoS;
                asPublished |= sorted[i].RetainAsPublished;
                if (sorted[i].Identifier != 0) identifiers.Add(sorted[i].Identifier);
            }

            if (count == 0) continue;
            var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(identifiers);
            if (Deliver(session!, qos, asPublished, span, null, publication, scratch)) delivered++;
        }

        return delivered;
    }

    private bool DeliverShared(SharedGroup group, in Publication publication, PublishScratch scratch)
    {
        var member = group.Pick(publication.QoS > QualityOfService.AtMostOnce, null);
        if (member is null)
        {
            broker.Counters.CountDrop(DropReason.NoMember);
            return false;
        }

        uint identifier = member.Identifier;
        ReadOnlySpan<uint> identifiers = identifier == 0 ? [] : new ReadOnlySpan<uint>(in identifier);
        return Deliver(member.Session!, member.QoS, member.RetainAsPublished, identifiers, group.FullFilter, publication, scratch);
    }

    private bool Deliver(
        Session session, QualityOfService granted, bool asPublished, ReadOnlySpan<uint> identifiers, string? shareFilter,
        in Publication publication, PublishScratch scratch)
    {
        var qos = granted < publication.QoS ? granted : publication.QoS;
        // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
        bool retain = asPublished && publication.Retain;
        return qos == QualityOfService.AtMostOnce
            ? session.Deliveries.DeliverAtMostOnce(publication, retain, identifiers, scratch)
            : session.Deliveries.Deliver(publication, qos, retain, identifiers, shareFilter, scratch);
    }
}
