using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker;

/// <content>What a service behind a reserved prefix needs on the packet path: nothing here allocates.</content>
public sealed partial class MqttBroker
{
    /// <summary>
    /// Publishes a message of the owner of the topic: no owner is asked, and nobody must be allowed to. What connections get is sent by
    /// <see cref="FlushPublished"/>, so that one sending serves many messages.
    /// </summary>
    /// <param name="topic">Topic Name, valid and UTF-8.</param>
    /// <param name="payload">Payload.</param>
    /// <param name="qos">QoS.</param>
    /// <param name="cause">What it follows from: <see cref="CauseAtWork"/> when the owner took the request; null for nothing.</param>
    /// <param name="receipt">Held until what has to be kept of it is; null when nobody waits.</param>
    /// <returns>How many subscribers it went to or was queued for.</returns>
    public int PublishOwned(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QualityOfService qos, object? cause = null, CommitReceipt? receipt = null)
    {
        var publication = new Publication { Topic = topic, Payload = payload, QoS = qos, Origin = PublishOrigin.Process, Cause = cause };
        var scratch = PublishScratch.Unused(this);
        scratch.Receipt = receipt;
        int subscribers = Router.Emit(publication, scratch);
        scratch.Reset();
        return subscribers;
    }

    /// <summary>Within <see cref="ITopicOwner.OnPublish"/>: what the publication at hand follows from; null for most.</summary>
    public object? CauseAtWork => PublishScratch.AtWork(this)?.Cause;

    /// <summary>Sends what <see cref="PublishOwned"/> has written on this thread.</summary>
    public void FlushPublished() => PublishScratch.Unused(this).Batch.Flush();

    /// <summary>Whether a message would reach anybody now: a tap that wants it, a subscriber, a handler inside the process.</summary>
    /// <param name="topic">Topic Name, valid and UTF-8.</param>
    public bool IsWanted(ReadOnlySpan<byte> topic)
    {
        foreach (var tap in Taps)
            if (tap.Wants(topic)) return true;
        var matches = PublishScratch.Unused(this).Matches;
        Routes.Match(topic, matches);
        bool any = !matches.Subscriptions.IsEmpty || !matches.Groups.IsEmpty;
        matches.Clear();
        return any;
    }

    /// <summary>
    /// Within <see cref="ITopicOwner.OnPublish"/>: lets the acknowledgment of the publication at hand wait for something that the owner
    /// keeps. The owner releases (or fails) the receipt once.
    /// </summary>
    /// <returns>Null when nobody waits for an acknowledgment.</returns>
    public CommitReceipt? HoldAcknowledgment() => PublishScratch.AtWork(this)?.HoldReceipt();
}
