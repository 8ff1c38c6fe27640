using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Messaging;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Data;

/// <summary><c>fairlead send</c>: a message to one device, with a true delivery confirmation.</summary>
internal sealed class SendVerb(Terminal terminal)
{
    private const int LongestConfirmation = 15;

    private const string Examples =
        """
        fairlead send lamp1 lamp1/cmd/reboot -m now --confirm          # 0 only when lamp1 has acknowledged it
        fairlead send lamp1 lamp1/cmd/get -n --confirm --timeout 2 --response-topic answers/7
        fairlead send lamp1 lamp1/cmd -f command.json --content-type application/json --property source=cli
        """;

    public Command Create()
    {
        var verb = new ApiVerb(
            terminal, "send", "Send a message to one client, whatever it has subscribed to. Nothing is kept for a client that is offline.", Examples, 5,
            $"With --confirm, longest wait for the client's acknowledgment: 1 to {LongestConfirmation}");
        var client = verb.Argument("client", "Client Identifier.");
        var topic = verb.Argument("topic", "Topic that the client sees.");
        var payload = new PayloadFlags();
        var confirm = verb.Flag("--confirm", "Send with QoS 1 and wait until the client has acknowledged.");
        var responseTopic = verb.Text("--response-topic", "topic", "Topic for the answer (MQTT 5 receivers).");
        var contentType = verb.Text("--content-type", "type", "Content type, such as application/json (MQTT 5 receivers).");
        var correlation = verb.Text("--correlation-data", "text", "Correlation data (MQTT 5 receivers).");
        var properties = verb.Texts("--property", "key=value", "User property; repeat for several (MQTT 5 receivers).");
        payload.AddTo(verb.Command, withLines: false);
        return verb.Runs(async call =>
        {
            payload.Check(call.Result);
            double seconds = call.Talk.Timeout.TotalSeconds;
            bool confirmed = call.Get(confirm);
            if (confirmed && (seconds is < 1 or > LongestConfirmation || seconds != Math.Floor(seconds)))
                throw VerbException.Usage("cannot wait so long", $"--timeout takes whole seconds from 1 to {LongestConfirmation}, not {seconds:0.###}", "Give such a number");
            string path = HubRequest.Query(
                $"/connections/{HubRequest.Segment(call.Get(client))}/messages",
                ("topic", call.Get(topic)),
                ("confirmation", confirmed ? "true" : null),
                ("timeout", confirmed ? seconds.ToString(CultureInfo.InvariantCulture) : null),
                ("contentType", call.Get(contentType)),
                ("responseTopic", call.Get(responseTopic)));
            var headers = new List<(string, string)>();
            if (call.Get(correlation) is { } text)
                headers.Add(("x-amz-mqtt5-correlation-data", Convert.ToBase64String(Encoding.UTF8.GetBytes(text))));
            if (call.Get(properties) is { Length: > 0 } pairs)
                headers.Add(("x-amz-mqtt5-user-properties", UserProperties(pairs)));
            var request = new HubRequest(HttpMethod.Post, path)
            {
                Body = await payload.ReadAsync(call.Result, terminal, call.Cancellation),
                ContentType = "application/octet-stream",
                Headers = headers,
                // The hub's own time runs from the moment of delivery.
                Timeout = call.Talk.Timeout + TimeSpan.FromSeconds(5),
            };
            return await SendAsync(call, request, call.Get(client), confirmed);
        });
    }

    private static async Task<int> SendAsync(ApiCall call, HubRequest request, string client, bool confirmed)
    {
        long started = call.Terminal.Time.GetTimestamp();
        var answer = await call.Hub.SendAsync(request, call.Cancellation);
        double milliseconds = call.Terminal.Time.GetElapsedTime(started).TotalMilliseconds;
        if (!answer.IsSuccess)
        {
            var failure = answer.ToException($"cannot send to {client}");
            string trace = answer.Json() is { } problem && Cells.Of(problem, "traceId") is { Length: > 1 } id ? $", trace {id}" : "";
            throw new VerbException(failure.ExitCode, failure.What, $"{failure.Why}, after {milliseconds:0} ms{trace}", Cure(failure)) { Code = failure.Code };
        }

        string traceId = answer.Json() is { } done ? Cells.Of(done, "traceId") : "-";
        call.WriteJson(new JsonObject
        {
            ["clientId"] = client,
            ["status"] = confirmed ? "confirmed" : "sent",
            ["code"] = (int)answer.Status,
            ["milliseconds"] = Math.Round(milliseconds, 1),
            ["traceId"] = traceId,
        });
        call.Say($"{(confirmed ? "confirmed by" : "sent to")} {client} in {milliseconds:0.0} ms (HTTP {(int)answer.Status}, trace {traceId})");
        return ExitCode.Done;
    }

    private static string Cure(VerbException failure) => failure.ExitCode switch
    {
        Verbs.ExitCode.NotFound => "Look at who is connected with fairlead client ls",
        Verbs.ExitCode.Timeout => "The client may have got it all the same: send again only what may come twice",
        Verbs.ExitCode.Denied => "The receiver needs iot:Receive on the topic: see fairlead policy test",
        _ => failure.Cure,
    };

    // One JSON object for each, in Base64, as the data plane of AWS IoT takes them.
    private static string UserProperties(string[] pairs)
    {
        var list = new JsonArray();
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw VerbException.Usage("cannot send this property", $"'{pair}' is not key=value", "Give --property source=cli");
            list.Add((JsonNode)new JsonObject { [pair[..equals]] = pair[(equals + 1)..] });
        }

        return Convert.ToBase64String(Encoding.UTF8.GetBytes(list.ToJsonString()));
    }
}
