using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Notifications;

/// <summary>The <c>sns</c> action of rules: publishes to a topic of this hub (spec/aws-rules, section 7).</summary>
internal sealed class SnsActionType(Publisher publisher, NotificationArns arns, NotificationOptions options, ILoggerFactory loggers) : IRuleActionType
{
    private const string Raw = "RAW";
    private const string Structured = "JSON";

    /// <inheritdoc/>
    public string Member => "sns";

    /// <inheritdoc/>
    public string LogName => "SnsAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "targetArn", "roleArn", "messageFormat");
        _ = setup.Text(definition, "roleArn");
        var target = setup.Template(definition, "targetArn");
        if (target.IsLiteral && !IsTopic(target.Text)) throw setup.Fault($"targetArn must be the ARN of a topic, such as {arns.OfTopic("alarms")}");
        var isStructured = setup.Choice(definition, "messageFormat", Raw, Raw, Structured) == Structured;
        return new SnsAction(publisher, arns, target, isStructured, options, new Logger<SnsAction>(loggers)) { RuleName = setup.RuleName };
    }

    // A topic may be made after the rule; what is no ARN of one never becomes one.
    private bool IsTopic(string arn)
    {
        try
        {
            _ = arns.TopicOf(arn);
            return true;
        }
        catch (NotificationException refusal)
        {
            return refusal.Status == 404;
        }
    }
}
