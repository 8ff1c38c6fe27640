using Fairlead.Broker.Extensions;

namespace Fairlead.Features.Rules.Engine;

/// <summary>Sees each publication that the broker accepts, and gives those that rules are about to the engine.</summary>
internal sealed class RuleTap(RuleEngine engine) : IPublishTap
{
    /// <inheritdoc/>
    public void OnPublish(in Publication publication)
    {
        var index = engine.Index;
        // The node that took it has run its rules.
        if (index.IsEmpty || publication.Origin == PublishOrigin.Node) return;
        List<RuleRunner>? rules = null;
        index.Match(publication.Topic, ref rules);
        if (rules is not null) engine.Accept(publication, rules, isBasic: false);
    }

    /// <inheritdoc/>
    public bool Wants(ReadOnlySpan<byte> topic) => engine.Index.Matches(topic);
}
