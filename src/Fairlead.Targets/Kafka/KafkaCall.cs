using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Kafka;

/// <summary>One record on its way to Kafka.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="topic">Topic.</param>
internal sealed class KafkaCall(RuleEvaluation evaluation, string topic) : ActionCall(evaluation, topic)
{
    /// <summary>The record; null when the call has failed already.</summary>
    public KafkaRecord? Record { get; set; }

    /// <summary>Properties of the client as resolved for this message.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
