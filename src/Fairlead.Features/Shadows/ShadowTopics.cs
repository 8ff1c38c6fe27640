using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Shadows;

/// <summary>
/// Shadows over MQTT. Requests are served where they are read and go on to whoever subscribes to them; the hub's own topics and those of
/// services that this hub has not are reserved (spec/aws-shadow, section 2).
/// </summary>
internal sealed partial class ShadowTopics(FeatureContext context, ShadowService shadows, ILogger<ShadowTopics> log) : ITopicOwner
{
    /// <inheritdoc/>
    public string Prefix => ShadowTopic.Prefix;

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        if (!ShadowTopic.TryParse(publication.Topic, out var topic) || publication.Retain) return OwnedPublish.Refused;
        // Wills reach subscribers and rules, but change no shadow (section 13); another node has served what it passes on.
        if (publication.Origin is PublishOrigin.Will or PublishOrigin.Node) return OwnedPublish.Route;
        var scratch = ShadowScratch.Take();
        Serve(topic, publication, scratch);
        scratch.Give();
        return OwnedPublish.Route;
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) =>
        ShadowTopic.MayMatch(topicFilter) ? ReasonCode.Success : ReasonCode.TopicFilterInvalid;

    private void Serve(ShadowTopic topic, in Publication publication, ShadowScratch scratch)
    {
        Span<char> room = stackalloc char[ShadowName.LongestThing + ShadowName.LongestShadow + 2];
        var thing = Widen(topic.Thing, room[..(ShadowName.LongestThing + 1)]);
        var shadow = topic.IsNamed ? Widen(topic.Shadow, room[(ShadowName.LongestThing + 1)..]) : default;
        var name = new ShadowName(thing, shadow);
        ShadowOutcome? outcome = null;
        ShadowRefusal? refusal;
        if (topic.IsNamed && shadow.IsEmpty)
        {
            scratch.Request.ReadTokenAlone(publication.Payload);
            refusal = ShadowRefusal.InvalidShadow;
        }
        else if (topic.Operation == ShadowOperation.Update)
        {
            refusal = shadows.Update(name, publication.Payload, scratch, ShadowDoor.Mqtt, out outcome);
        }
        else
        {
            scratch.Request.ReadTokenAlone(publication.Payload);
            refusal = topic.Operation == ShadowOperation.Get
                ? shadows.Get(name, scratch, ShadowDoor.Mqtt, out outcome)
                : shadows.Delete(name, scratch, ShadowDoor.Mqtt, out outcome);
        }

        if (outcome is not null) return; // answered after the commit
        if (refusal is not null)
        {
            LogRejected(topic.Operation, thing.ToString(), shadow.ToString(), refusal.Code, refusal.Message, publication.ClientId);
            scratch.Text.Clear();
            ShadowMessages.WriteRejected(scratch.Text, refusal, scratch.Request.Token);
        }

        scratch.Topic.Clear();
        scratch.Topic.Write(publication.Topic);
        scratch.Topic.Write(refusal is null ? "/accepted"u8 : "/rejected"u8);
        context.Broker.PublishOwned(scratch.Topic.Written, scratch.Text.Written, QualityOfService.AtLeastOnce, publication.Cause);
        context.Broker.FlushPublished();
    }

    /// <summary>A level as characters. Names are ASCII: whatever else comes is cut, or replaced by something that is no name.</summary>
    private static ReadOnlySpan<char> Widen(ReadOnlySpan<byte> level, Span<char> room)
    {
        if (Ascii.ToUtf16(level[..Math.Min(level.Length, room.Length)], room, out int written) == System.Buffers.OperationStatus.Done) return room[..written];
        room[0] = '?';
        return room[..1];
    }

    [LoggerMessage(
        EventId = 5401, Level = LogLevel.Debug, Message = "{Operation} of shadow {Shadow} of {Thing} rejected: {Code}, {Reason}, from {ClientId}", EventName = "shadow_rejected")]
    private partial void LogRejected(ShadowOperation operation, string thing, string shadow, int code, string reason, string? clientId);
}
