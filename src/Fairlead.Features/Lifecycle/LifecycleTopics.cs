using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Lifecycle;

/// <summary>Everything below <c>$aws/events/</c>: the hub publishes, clients may subscribe, nobody else may publish.</summary>
internal sealed class LifecycleTopics : ITopicOwner
{
    /// <inheritdoc/>
    public string Prefix => "$aws/events/";

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication) =>
        publication.Origin is PublishOrigin.Process or PublishOrigin.Node ? OwnedPublish.Route : OwnedPublish.Refused;

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) => ReasonCode.Success;
}
