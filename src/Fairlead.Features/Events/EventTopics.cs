using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Events;

/// <summary>The reserved topics of events: clients may read them, and none may write them (spec/aws-messaging, section 1.11).</summary>
internal sealed class EventTopics : ITopicOwner
{
    private static readonly HashSet<string> Trees = new(StringComparer.Ordinal)
    {
        "#", "+", "presence", "subscriptions", "thing", "thingGroup", "thingType", "thingTypeAssociation", "thingGroupMembership", "thingGroupHierarchy",
        "certificates", "job", "jobExecution",
    };

    /// <inheritdoc/>
    public string Prefix => "$aws/events/";

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication) =>
        publication.Origin is PublishOrigin.Client or PublishOrigin.Will ? OwnedPublish.Refused : OwnedPublish.Route;

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter)
    {
        var tree = topicFilter.AsSpan(Prefix.Length);
        var slash = tree.IndexOf('/');
        return Trees.GetAlternateLookup<ReadOnlySpan<char>>().Contains(slash < 0 ? tree : tree[..slash]) ? ReasonCode.Success : ReasonCode.TopicFilterInvalid;
    }
}
