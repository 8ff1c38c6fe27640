using System.Text.Json;
using Fairlead.Features.Rules.Actions;

namespace Fairlead.Targets.Sqs;

/// <summary><c>sqs</c>: a queue of RabbitMQ, or of a server with the API of SQS.</summary>
internal sealed class SqsActionType(SqsQueues queues, TimeSpan patience) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "sqs";

    /// <inheritdoc/>
    public string LogName => "SqsAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "queueUrl", "useBase64");
        setup.Text(definition, "roleArn");
        var queueUrl = setup.Template(definition, "queueUrl");
        if (queueUrl.IsLiteral && !queues.TryFind(queueUrl.Text, out _, out var problem)) throw setup.Fault($"queueUrl: {problem}");
        return new SqsAction(queueUrl, setup.Flag(definition, "useBase64"), queues, patience);
    }
}
