using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Data;

/// <summary><c>fairlead retained ls|get|rm</c>.</summary>
internal sealed class RetainedVerb(Terminal terminal)
{
    private static readonly Paging Pages = Paging.Registry with { Largest = 200 };

    public Command Create() => new("retained", "Retained messages: the last word on a topic, for whoever subscribes later.") { List(), Get(), Remove() };

    private Command List()
    {
        const string Examples =
            """
            fairlead retained ls
            fairlead retained ls 'lamp1/#' --json | jq -r .topic
            """;
        var verb = new ApiVerb(terminal, "retained ls", "List retained messages, without their payloads.", Examples);
        var filter = verb.Optional("filter", "Only topics that this filter matches (default all but those that begin with $).");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            byte[] wanted = Filter(call.Get(filter) ?? "#");
            int left = call.Get(limit) ?? int.MaxValue;
            await new Listing(call, "topic", "payloadSize", "qos", "lastModifiedTime").ShowAsync(
                All(call), message => Matches(wanted, message.GetProperty("topic").GetString()!) && left-- > 0);
        });
    }

    private Command Get()
    {
        const string Examples =
            """
            fairlead retained get lamp1/temp            # the payload, byte for byte
            fairlead retained get lamp1/temp --json     # all of it, the payload in Base64
            """;
        var verb = new ApiVerb(terminal, "retained get", "Print the payload of a retained message.", Examples);
        var topic = verb.Argument("topic", "Topic.");
        return verb.Runs(async call =>
        {
            var message = await call.SendAsync(HubRequest.Get($"/retainedMessage/{HubRequest.Segment(call.Get(topic))}"), $"cannot show what is retained on {call.Get(topic)}");
            if (call.Talk.Json)
            {
                call.WriteLine(JsonText.OneLine(message));
                return;
            }

            call.Terminal.Output.Write(message.GetProperty("payload").GetBytesFromBase64());
            call.Terminal.Output.Write("\n"u8);
        });
    }

    private Command Remove()
    {
        const string Examples =
            """
            fairlead retained rm lamp1/temp --yes
            fairlead retained rm 'lamp1/#'               # asks, and says how many
            """;
        var verb = new ApiVerb(terminal, "retained rm", "Remove retained messages. Subscribers see an empty message.", Examples);
        var filters = verb.Arguments("topic", "Topics, or filters that match them.");
        verb.Asks();
        return verb.Runs(async call =>
        {
            var topics = new List<string>();
            foreach (string text in call.Get(filters))
            {
                if (!text.Contains('#', StringComparison.Ordinal) && !text.Contains('+', StringComparison.Ordinal))
                {
                    topics.Add(text);
                    continue;
                }

                byte[] filter = Filter(text);
                await foreach (var message in All(call))
                {
                    if (message.GetProperty("topic").GetString() is { } topic && Matches(filter, topic))
                        topics.Add(topic);
                }
            }

            if (topics.Count == 0)
                throw new VerbException(ExitCode.NotFound, "cannot remove retained messages", "no topic matches", "See fairlead retained ls");
            await call.ConfirmAsync(topics.Count == 1 ? $"remove what is retained on {topics[0]}" : $"remove {topics.Count} retained messages");
            foreach (string topic in topics)
            {
                string path = $"/topics/{HubRequest.Segment(topic)}?retain=true&qos=1";
                await call.SendAsync(new HubRequest(HttpMethod.Post, path) { Body = [], ContentType = "application/octet-stream" }, $"cannot remove what is retained on {topic}");
                call.WriteJson(new JsonObject { ["topic"] = topic, ["removed"] = true });
                call.Say($"removed {Cells.Safe(topic)}");
            }
        });
    }

    private static IAsyncEnumerable<System.Text.Json.JsonElement> All(ApiCall call) => call.ListAsync("/retainedMessage", "retainedTopics", Pages, "cannot list retained messages");

    private static byte[] Filter(string text) => TopicFilter.IsValid(text)
        ? Encoding.UTF8.GetBytes(text)
        : throw VerbException.Usage("cannot list retained messages", $"{text} is not a topic filter", "Give one such as 'lamp1/#'");

    private static bool Matches(byte[] filter, string topic) => TopicFilter.Matches(filter, Encoding.UTF8.GetBytes(topic));
}
