using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Provisioning;

/// <summary>
/// Takes requests of the MQTT API off the packet path. Answers go to the client that asked, subscribed or not; to subscribe to their topics
/// is allowed and shows nobody else's (spec/aws-messaging, section 1.11).
/// </summary>
internal sealed class ProvisioningTopics(string prefix, ProvisioningCalls calls) : ITopicOwner
{
    /// <inheritdoc/>
    public string Prefix => prefix;

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        // Nobody is there to be answered otherwise.
        if (publication.Origin != PublishOrigin.Client || publication.ClientId is not { } clientId || publication.Principal is not { } principal)
            return OwnedPublish.Refused;
        if (ProvisioningCall.Parse(publication.Topic, clientId, principal) is not { } call) return OwnedPublish.Refused;
        calls.Add(call with { Payload = publication.Payload.ToArray(), QoS = publication.QoS });
        return OwnedPublish.Consumed;
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) => ReasonCode.Success;
}
