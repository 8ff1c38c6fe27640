using System.CommandLine;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary><c>fairlead rr</c>: request and response.</summary>
internal sealed class RrVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead rr -t lamp1/get -m temp                         # waits for the answer of whoever serves lamp1/get
        fairlead rr -t lamp1/get -e my/answers -n -W 2 --json
        """;

    private readonly ConnectFlags _connect = new("rr");
    private readonly TalkFlags _talk = new(30, "Longest wait for any one answer of the server, and for the response without -W");
    private readonly PrintFlags _print = new();
    private readonly PayloadFlags _payload = new();
    private readonly Option<string?> _topic = new("--topic", "-t") { Description = "Topic of the request.", HelpName = "topic" };
    private readonly Option<string?> _responseTopic = new("--response-topic", "-e") { Description = "Topic of the response (default: one of its own under the request's topic).", HelpName = "topic" };
    private readonly Option<int> _qos = QosFlag.Create("QoS of request and response (default 0).");
    private readonly Option<double?> _wait = new("--wait", "-W") { Description = "Seconds to wait for the response; then exit code 5.", HelpName = "seconds" };
    private readonly Option<bool> _noRetained = new("--no-retained", "-R") { Description = "A retained message is not the response." };

    public Command Create()
    {
        var command = new Command("rr", "Send a request and print the response.");
        command.Options.Add(_topic);
        command.Options.Add(_responseTopic);
        _payload.AddTo(command, withLines: false);
        foreach (var option in new Option[] { _qos, _wait, _noRetained })
            command.Options.Add(option);
        _print.AddTo(command);
        _connect.AddTo(command);
        _talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync("rr", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var connect = _connect.Read(result, talk, terminal);
        string topic = result.GetValue(_topic) ?? connect.UrlTopic
            ?? throw VerbException.Usage("cannot send a request", "no topic is given", "Give one with -t, or in the URL of -L");
        _payload.Check(result);
        var printer = _print.Read(result, talk, terminal, "rr");
        var qos = QosFlag.Check(result.GetValue(_qos));
        string responseTopic = result.GetValue(_responseTopic) ?? $"{topic}/response/{Random.Shared.NextInt64():x}";
        var wait = result.GetValue(_wait) is { } seconds ? TimeSpan.FromSeconds(seconds) : talk.Timeout;
        if (wait <= TimeSpan.Zero || wait.TotalDays > 45)
            throw VerbException.Usage("cannot wait so long", "-W takes seconds, more than 0", "Give such a number");
        byte[] payload = await _payload.ReadAsync(result, terminal, cancellationToken);
        await using var client = new MqttClient(connect.Options with { Reconnect = null });
        await client.ConnectAsync(cancellationToken);
        using var patience = new CancellationTokenSource(wait, terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await client.SubscribeAsync(responseTopic, qos, either.Token);
            byte[] correlation = connect.Properties.Publish.CorrelationData ?? Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N"));
            var request = new PublishPacket
            {
                Topic = topic,
                Payload = payload,
                QoS = qos,
                Properties = connect.Properties.Publish with { ResponseTopic = responseTopic, CorrelationData = correlation },
            };
            await client.PublishAsync(request, either.Token);
            printer.Print(await ReceiveAsync(client, correlation, result.GetValue(_noRetained), either.Token));
            printer.Flush();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            string why = $"no response came on {responseTopic} within {wait.TotalSeconds:0.###} s";
            throw new VerbException(ExitCode.Timeout, $"the request to {topic} got no response", why, "Check that somebody serves the topic, or wait longer with -W");
        }

        await client.DisconnectAsync(connect.Properties.Disconnect);
        return printer.NotPrinted > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>The response: one with other Correlation Data answers somebody else.</summary>
    private static async Task<ReceivedMessage> ReceiveAsync(MqttClient client, byte[] correlation, bool noRetained, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await client.ReceiveAsync(cancellationToken);
            bool ours = message.Properties.CorrelationData is not { } data || data.AsSpan().SequenceEqual(correlation);
            if (ours && !(noRetained && message.Retain))
                return message;
        }
    }
}
