using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>What a topic owner wants the broker to do with a publication.</summary>
public enum OwnedPublish : byte
{
    /// <summary>Route it to subscribers as usual.</summary>
    Route,

    /// <summary>The owner has taken it: acknowledge, but route it to nobody.</summary>
    Consumed,

    /// <summary>Clients may not publish to this name: 0x90.</summary>
    Refused,
}

/// <summary>
/// A service behind a reserved prefix, such as <c>$aws/things/</c>, or behind one that it shares with everybody and only looks after. The broker asks it about each publication and each subscription
/// below the prefix, after authorization. Called on the packet path: must not block.
/// </summary>
public interface ITopicOwner
{
    /// <summary>The prefix, slash included.</summary>
    string Prefix { get; }

    /// <summary>A client or a Will publishes below the prefix.</summary>
    OwnedPublish OnPublish(in Publication publication);

    /// <summary>A client subscribes below the prefix: Success, or the refusal.</summary>
    ReasonCode OnSubscribe(string clientId, string topicFilter);

    /// <summary>Highest QoS that a subscription below the prefix is granted.</summary>
    QualityOfService MaximumQoS(string clientId) => QualityOfService.ExactlyOnce;
}
