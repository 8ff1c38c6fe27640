using System.Text.Json;
using Fairlead.Features.Rules.Actions;

namespace Fairlead.Targets.Streams;

/// <summary><c>kinesis</c>: a record for a stream.</summary>
internal sealed class KinesisActionType(RecordStreams streams, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "kinesis";

    /// <inheritdoc/>
    public string LogName => "KinesisAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "streamName", "partitionKey");
        setup.Text(definition, "roleArn");
        var name = setup.Template(definition, "streamName");
        if (name.IsLiteral && !streams.TryFind(name.Text, out _, out var problem)) throw setup.Fault($"streamName: {problem}");
        return new StreamAction(name, setup.OptionalTemplate(definition, "partitionKey"), new RecordCutter("", ByElement: false), streams, patience);
    }
}
