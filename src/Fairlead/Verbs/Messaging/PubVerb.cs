using System.CommandLine;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary><c>fairlead pub</c>.</summary>
internal sealed class PubVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead pub -t lamp1/temp -m 21.5                       # one message to localhost
        fairlead pub -t lamp1/state -f state.json -q 1 -r        # retained, acknowledged
        fairlead pub --as lamp1 -t lamp1/temp -m 21.5            # with the kit of 'fairlead thing create lamp1 --out lamp1'
        fairlead pub -L mqtts://hub:8883/lamp1/temp --cafile root-CA.crt --cert lamp1.pem --key lamp1.key -m 21.5
        tail -f log.ndjson | fairlead pub -t logs -l -q 1        # each line a message
        fairlead pub -t a -m hi -D publish content-type text/plain -D publish user-property source cli
        """;

    private readonly ConnectFlags _connect = new("pub");
    private readonly TalkFlags _talk = new(30, "Longest wait for any one answer of the server");
    private readonly PayloadFlags _payload = new();
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Topic to publish to.", HelpName = "topic" };
    private readonly Option<int> _qos = QosFlag.Create("QoS 0, 1 or 2 (default 0).");
    private readonly Option<bool> _retain = new("--retain", "-r") { Description = "Retain the message." };
    private readonly Option<int> _maxInflight = new("--max-inflight", "-M") { Description = "Most QoS 1 and 2 messages under way.", HelpName = "number", DefaultValueFactory = _ => 20 };
    private readonly Option<int> _repeat = new("--repeat") { Description = "Send the message so many times.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _repeatDelay = new("--repeat-delay") { Description = "Seconds between repeats (default 0).", HelpName = "seconds" };

    public Command Create()
    {
        var command = new Command("pub", "Publish messages.");
        command.Options.Add(_topic);
        _payload.AddTo(command, withLines: true);
        foreach (var option in new Option[] { _qos, _retain, _repeat, _repeatDelay, _maxInflight })
            command.Options.Add(option);
        _connect.AddTo(command);
        _talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync("pub", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var connect = _connect.Read(result, talk, terminal);
        var template = CreateTemplate(result, connect);
        _payload.Check(result);
        bool lines = _payload.IsLines(result);
        int repeat = result.GetValue(_repeat);
        double delay = result.GetValue(_repeatDelay);
        if (repeat < 1 || (lines && repeat > 1))
            throw VerbException.Usage("cannot repeat", "--repeat takes 1 or more and does not go with -l", "Give a number, and -m, -f, -n or -s");
        if (delay is < 0 or > 4_000_000)
            throw VerbException.Usage("cannot repeat", "--repeat-delay takes seconds, 0 or more", "Give such a number");
        byte[]? payload = lines ? null : await _payload.ReadAsync(result, terminal, cancellationToken);
        int maxInflight = result.GetValue(_maxInflight);
        if (maxInflight < 1)
            throw VerbException.Usage("cannot send", "-M takes 1 or more", "Give such a number");

        // No reconnect: a script shall hear of a failure, not of a success that comes later or never.
        await using var client = new MqttClient(connect.Options with { Reconnect = null });
        MqttException? protest = null;
        client.StateChanged += change => protest = change.Error ?? protest;
        await client.ConnectAsync(cancellationToken);
        var sender = new PublishWindow(client, maxInflight, talk.Timeout, terminal, talk.Json ? PrintJson : null);
        if (payload is null)
        {
            await foreach (byte[] line in LineReader.ReadAsync(terminal.Input, cancellationToken))
                await sender.SendAsync(template with { Payload = line }, cancellationToken);
        }
        else
        {
            await RepeatAsync(sender, template with { Payload = payload }, repeat, TimeSpan.FromSeconds(delay), cancellationToken);
        }

        await sender.FinishAsync(cancellationToken);
        await client.DisconnectAsync(connect.Properties.Disconnect);

        // Nobody acknowledges QoS 0; a server that refuses it can only close with a reason.
        return protest is null || template.QoS != QualityOfService.AtMostOnce ? ExitCode.Done : throw protest;
    }

    private async Task RepeatAsync(PublishWindow sender, PublishPacket packet, int repeat, TimeSpan delay, CancellationToken cancellationToken)
    {
        for (int i = 0; i < repeat; i++)
        {
            if (i > 0 && delay > TimeSpan.Zero)
            {
                await sender.FinishAsync(cancellationToken);
                await Task.Delay(delay, terminal.Time, cancellationToken);
            }

            await sender.SendAsync(packet, cancellationToken);
        }
    }

    private PublishPacket CreateTemplate(ParseResult result, ConnectFlags.Connect connect)
    {
        if (result.GetValue(_topic) is not null && connect.UrlTopic is not null)
            throw VerbException.Usage("cannot tell the topic", "both -t and the URL of -L name one", "Name it once");
        string topic = result.GetValue(_topic) ?? connect.UrlTopic
            ?? throw VerbException.Usage("cannot publish", "no topic is given", "Give one with -t, or in the URL of -L");
        if (!TopicName.IsValid(topic))
            throw VerbException.Usage($"cannot publish to {(topic.Length == 0 ? "an empty topic" : topic)}", "this is not a Topic Name", "Use a topic without '+' and '#'");
        return new PublishPacket
        {
            Topic = topic,
            QoS = QosFlag.Check(result.GetValue(_qos)),
            Retain = result.GetValue(_retain),
            TopicAlias = connect.Properties.TopicAlias,
            Properties = connect.Properties.Publish,
        };
    }

    private void PrintJson(PublishPacket packet, PublishResult answer)
    {
        using var json = new Utf8JsonWriter(terminal.Output, JsonText.Options);
        json.WriteStartObject();
        json.WriteString("topic", packet.Topic);
        json.WriteNumber("qos", (byte)packet.QoS);
        json.WriteBoolean("retain", packet.Retain);
        json.WriteNumber("payloadlen", packet.Payload.Length);
        if (answer.PacketId != 0)
            json.WriteNumber("mid", answer.PacketId);
        json.WriteNumber("reasonCode", (byte)answer.ReasonCode);
        if (answer.ReasonString is not null)
            json.WriteString("reason", answer.ReasonString);
        json.WriteEndObject();
        json.Flush();
        terminal.Output.WriteByte((byte)'\n');
    }
}
