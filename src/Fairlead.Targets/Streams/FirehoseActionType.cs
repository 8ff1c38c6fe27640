using System.Text.Json;
using Fairlead.Features.Rules.Actions;

namespace Fairlead.Targets.Streams;

/// <summary><c>firehose</c>: records for a stream, with a separator and in batches when the rule says so.</summary>
internal sealed class FirehoseActionType(RecordStreams streams, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "firehose";

    /// <inheritdoc/>
    public string LogName => "FirehoseAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "deliveryStreamName", "separator", "batchMode");
        setup.Text(definition, "roleArn");
        var name = setup.Template(definition, "deliveryStreamName");
        if (name.IsLiteral && !streams.TryFind(name.Text, out _, out var problem)) throw setup.Fault($"deliveryStreamName: {problem}");
        var separator = setup.OptionalText(definition, "separator") ?? "";
        if (separator is not ("" or "\n" or "\t" or "\r\n" or ",")) throw setup.Fault("separator must be a newline, a tab, a carriage return with a newline, or a comma");
        return new StreamAction(name, null, new RecordCutter(separator, setup.Flag(definition, "batchMode")), streams, patience);
    }
}
