using System.Text;
using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// Basic ingest (spec/aws-rules, section 11): what is published to <c>$aws/rules/NAME/...</c> goes to that rule alone. FROM is not asked [U21],
/// nobody can subscribe, nothing is retained; to a rule that is not there it is lost, and acknowledged all the same.
/// </summary>
internal sealed class BasicIngest(RuleEngine engine) : ITopicOwner
{
    /// <inheritdoc/>
    public string Prefix => RuleJob.BasicPrefix;

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        var rest = publication.Topic[Prefix.Length..];
        int slash = rest.IndexOf((byte)'/');
        var name = Encoding.UTF8.GetString((slash < 0 ? rest : rest[..slash])[..Math.Min(slash < 0 ? rest.Length : slash, RuleName.Longest + 1)]);
        if (engine.Find(name)?.Current is { } rule)
        {
            engine.Accept(publication, [rule], isBasic: true);
            return OwnedPublish.Consumed;
        }

        engine.CountNotFound();
        engine.Log.NotFound(name, Encoding.UTF8.GetString(publication.Topic), publication.ClientId);
        return OwnedPublish.Consumed;
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) => ReasonCode.TopicFilterInvalid;
}
