using System.CommandLine;
using System.Text;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary>The Will with the names of mosquitto's tools.</summary>
internal sealed class WillFlags
{
    private readonly Option<string?> _topic = new("--will-topic") { Description = "Topic of the Will, sent if this client vanishes.", HelpName = "topic" };
    private readonly Option<string?> _payload = new("--will-payload") { Description = "Payload of the Will (default empty).", HelpName = "text" };
    private readonly Option<int> _qos = new("--will-qos") { Description = "QoS of the Will (default 0).", HelpName = "qos" };
    private readonly Option<bool> _retain = new("--will-retain") { Description = "Retain the Will." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _topic, _payload, _qos, _retain })
            command.Options.Add(option);
    }

    public WillMessage? Read(ParseResult result, PropertyFlags properties)
    {
        string? topic = result.GetValue(_topic);
        if (topic is null)
        {
            bool parts = result.GetValue(_payload) is not null || result.GetValue(_qos) != 0 || result.GetValue(_retain) || properties.HasWill;
            return parts ? throw VerbException.Usage("cannot make a Will", "it has no topic", "Give one with --will-topic") : null;
        }

        if (!TopicName.IsValid(topic))
            throw VerbException.Usage("cannot make a Will", $"{topic} is not a Topic Name", "Give one without '+' and '#'");
        return new WillMessage
        {
            Topic = topic,
            Payload = Encoding.UTF8.GetBytes(result.GetValue(_payload) ?? ""),
            QoS = QosFlag.Check(result.GetValue(_qos)),
            Retain = result.GetValue(_retain),
            DelayInterval = properties.WillDelay,
            Properties = properties.Will,
        };
    }
}
