using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Demo.Steps;

/// <summary>A device dies; its last will becomes a mail: broker, rule, notification, outbox.</summary>
internal sealed partial class LastWillStep : IDemoStep
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Name => "last-will";

    public string Title => "A device dies, and you get a mail";

    public string Story => "The lamp leaves its last will with the hub. Its network is cut; the hub publishes the will, a rule sees it, and a mail goes to whoever subscribed.";

    public string Page => "/console/rules/died";

    public string LookAt => "The rule with its counters: one match, one mail. 'fairlead outbox show last' prints the mail again.";

    public async Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        string topic = await SubscribeAsync(stage, record, cancellationToken);
        string action = $$$"""{"sns":{"targetArn":"{{{topic}}}","roleArn":"arn:aws:iam::123456789012:role/demo","messageFormat":"RAW"}}""";
        await stage.Shell.RunAsync(record, cancellationToken, "rule", "create", "died", "--sql", "SELECT * FROM '+/gone'", "--action", action);

        record.Deed("lamp1 connects over a network that can be cut, with the will {\"gone\":\"lamp1\"} on lamp1/gone");
        await using var observer = await stage.WatchAsync(cancellationToken, "lamp1/gone");
        var options = DemoDevice.OptionsOf(stage.KitOf("lamp1")) with
        {
            Server = new Uri($"mqtts://localhost:{stage.Relay.Port}"),
            Will = new WillMessage { Topic = "lamp1/gone", Payload = Encoding.UTF8.GetBytes("""{"gone":"lamp1"}"""), QoS = QualityOfService.AtLeastOnce },
        };
        await using var lamp = await DemoDevice.ConnectAsync(options, cancellationToken);
        record.Deed("the network is cut");
        stage.Relay.Cut();
        await observer.NextAsync(static (topic, _) => topic == "lamp1/gone", cancellationToken);
        record.Check("the hub published the will on lamp1/gone");
        string mail = await MailAsync(stage, record, static mail => mail.Contains("\"gone\":\"lamp1\"", StringComparison.Ordinal), cancellationToken);
        record.Quote(mail);
        record.Check("the mail to ops@example.org is in the outbox");
        stage.Relay.Restore();
    }

    /// <summary>Makes a topic and a confirmed subscription by mail.</summary>
    private static async Task<string> SubscribeAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken)
    {
        const string Form = "application/x-www-form-urlencoded";
        var created = await stage.Web.RequireAsync(record, HttpMethod.Post, stage.Url, "Action=CreateTopic&Name=deaths", Form, cancellationToken);
        string topic = TopicArn().Match(created.Text).Groups["arn"].Value;
        record.Require(topic.Length > 0, "the answer names the topic", created.Text);
        await stage.Web.RequireAsync(
            record, HttpMethod.Post, stage.Url, $"Action=Subscribe&TopicArn={topic}&Protocol=email&Endpoint=ops@example.org", Form, cancellationToken);
        string asked = await MailAsync(stage, record, static mail => Link().IsMatch(mail), cancellationToken);
        var link = new Uri(Link().Match(asked).Value);
        record.Deed("ops@example.org opens the link of that mail and presses its button");
        // Whatever name the hub has in its links: it is this one.
        await stage.Web.RequireAsync(record, HttpMethod.Post, new Uri(stage.Url, link.PathAndQuery), "", Form, cancellationToken);
        record.Check("the subscription is confirmed");
        return topic;
    }

    // A mail is written behind the request that caused it; nothing tells of it.
    private static async Task<string> MailAsync(DemoStage stage, DemoRecord record, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        var silent = new DemoRecord(new DemoNarrator(Silent(), json: true));
        while (true)
        {
            var found = await stage.Shell.TryAsync(silent, cancellationToken, "outbox", "show", "last");
            if (found.ExitCode == ExitCode.Done && isWanted(found.Output)) break;
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        return await stage.Shell.RunAsync(record, cancellationToken, "outbox", "show", "last");
    }

    private static Terminal Silent() => new() { Output = Stream.Null, Error = TextWriter.Null, Input = Stream.Null, Environment = static _ => null };

    [GeneratedRegex("<TopicArn>(?<arn>[^<]+)</TopicArn>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TopicArn();

    [GeneratedRegex(@"https?://\S+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
