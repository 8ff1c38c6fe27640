using Fairlead.Features.Documents;
using Fairlead.Features.Rules.Destinations;

namespace Fairlead.Features.Rules;

/// <summary>The tables of this slice.</summary>
internal sealed class RuleRecords(DocumentStore store)
{
    /// <summary>Rules by name.</summary>
    public RecordTable<TopicRule> Rules { get; } = new(store, "topic-rules", RuleJson.Default.TopicRule);

    /// <summary>Destinations by what follows <c>ruledestination/</c> in their ARN.</summary>
    public RecordTable<RuleDestination> Destinations { get; } = new(store, "rule-destinations", RuleJson.Default.RuleDestination);
}
