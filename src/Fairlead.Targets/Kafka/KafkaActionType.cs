using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Destinations;

namespace Fairlead.Targets.Kafka;

/// <summary><c>kafka</c>: a record for a topic of the cluster that the rule names.</summary>
internal sealed class KafkaActionType(IRuleDestinations destinations, KafkaProducers producers, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "kafka";

    /// <inheritdoc/>
    public string LogName => "KafkaAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        if (KafkaLibrary.Problem is { } problem) throw setup.Fault(problem);
        return new KafkaAction(KafkaDefinition.Read(definition, setup, destinations), producers, patience);
    }
}
