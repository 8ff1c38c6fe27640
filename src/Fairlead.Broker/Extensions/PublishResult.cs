using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>What became of a publication.</summary>
/// <param name="ReasonCode">Success, NoMatchingSubscribers, or why it was refused.</param>
/// <param name="Reason">One sentence when refused; empty otherwise.</param>
/// <param name="Subscribers">How many subscribers it went to or was queued for.</param>
public readonly record struct PublishResult(ReasonCode ReasonCode, string Reason, int Subscribers)
{
    /// <summary>Whether it was accepted.</summary>
    public bool Accepted => ReasonCode < ReasonCode.UnspecifiedError;
}
