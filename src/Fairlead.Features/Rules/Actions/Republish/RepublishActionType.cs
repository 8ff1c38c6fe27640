using System.Text.Json;
using Fairlead.Broker;

namespace Fairlead.Features.Rules.Actions.Republish;

/// <summary>The action type <c>republish</c>: publishes to a topic of this hub's own broker (spec/aws-rules, section 7.2).</summary>
/// <param name="broker">Gives the broker; it is there before the first rule runs.</param>
/// <param name="options">Settings.</param>
internal sealed class RepublishActionType(Func<MqttBroker> broker, RulesOptions options) : IRuleActionType
{
    /// <inheritdoc/>
    public string Member => "republish";

    /// <inheritdoc/>
    public string LogName => "RepublishAction";

    /// <inheritdoc/>
    public IRuleAction Create(JsonElement definition, ActionSetup setup)
    {
        setup.Only(definition, "roleArn", "topic", "qos", "headers");
        setup.Text(definition, "roleArn");
        var topic = setup.Template(definition, "topic");
        if (topic.IsLiteral && RepublishTopic.Problem(topic.Text) is { } problem) throw setup.Fault($"topic {problem}");
        var qos = setup.Number(definition, "qos", 0, 1, absent: 0);
        var headers = setup.TryObject(definition, "headers", out var given) ? RepublishHeaders.Read(given, setup) : null;
        return new RepublishAction(broker, options, topic, (Protocols.Mqtt.QualityOfService)qos, headers);
    }
}
