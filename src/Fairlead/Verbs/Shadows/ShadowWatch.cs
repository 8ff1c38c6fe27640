using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Shadows;

/// <summary><c>fairlead shadow watch</c>: each change of a shadow as it happens, by MQTT.</summary>
internal sealed class ShadowWatch(Terminal terminal)
{
    private const string Examples =
        """
        fairlead shadow watch lamp1                     # what changed, and what the device is told (delta)
        fairlead shadow watch lamp1 --name network
        fairlead shadow watch lamp1 --all --json        # every shadow of the thing, the messages as they are
        fairlead shadow watch lamp1 -C 1 --timeout 10   # one change, or exit code 5
        """;

    private static readonly string[] Endings = ["update/documents", "update/delta", "update/rejected", "delete/accepted"];

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "shadow watch", "Show each change of a shadow until Ctrl-C.", Examples, timeoutMeans: "Longest wait for any one answer, and with -C for the changes");
        var thing = verb.Argument("thing", "Name of the thing.");
        var name = verb.Text("--name", "shadow", "Named shadow (default: the classic one).");
        var all = verb.Flag("--all", "All shadows of the thing.");
        var count = verb.Number("-C", "number", "End after so many messages.");
        return verb.Runs(async call =>
        {
            if (call.Get(all) && call.Get(name) is not null)
                throw VerbException.Usage("cannot choose the shadow", "--all and --name exclude each other", "Give one of them");
            string title = ShadowVerb.Title(call.Get(thing), call.Get(name));
            await using var client = await HubMqtt.ConnectAsync(call, $"cannot watch the {title}");
            string root = $"$aws/things/{call.Get(thing)}/shadow/";
            string[] prefixes = call.Get(all) ? [root, $"{root}name/+/"] : [call.Get(name) is { } shadow ? $"{root}name/{shadow}/" : root];
            try
            {
                await client.SubscribeAsync(
                    new SubscribePacket { Subscriptions = [.. prefixes.SelectMany(static prefix => Endings.Select(ending => new SubscriptionRequest(prefix + ending, QualityOfService.AtLeastOnce)))] },
                    call.Cancellation);
            }
            catch (MqttException exception)
            {
                throw new VerbException(VerbRunner.ExitCodeOf(exception), $"cannot watch the {title}", exception.Why, exception.Cure);
            }

            call.Say($"watching the {title}{(call.Get(all) ? " and its named ones" : "")}; Ctrl-C ends");
            await FollowAsync(call, client, root, title, call.Get(count));
        });
    }

    private static async Task FollowAsync(ApiCall call, MqttClient client, string root, string title, int? count)
    {
        int seen = 0;
        using var patience = count is null ? new CancellationTokenSource() : new CancellationTokenSource(call.Talk.Timeout, call.Terminal.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, patience.Token);
        try
        {
            await foreach (var message in client.ReceiveAllAsync(either.Token))
            {
                Show(call, message, root);
                await call.Terminal.Output.FlushAsync();
                if (++seen == count)
                    return;
            }
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            // Told to stop: that is how it ends.
        }
        catch (OperationCanceledException)
        {
            throw new VerbException(
                ExitCode.Timeout, $"stopped watching the {title}", $"{seen} of {count} messages came in {call.Talk.Timeout.TotalSeconds:0.###} s", "Wait longer with --timeout");
        }
    }

    private static void Show(ApiCall call, ReceivedMessage message, string root)
    {
        string place = message.Topic[root.Length..];
        string? shadow = place.StartsWith("name/", StringComparison.Ordinal) ? place.Split('/')[1] : null;
        string kind = place[(shadow is null ? 0 : shadow.Length + 6)..];
        JsonElement document;
        try
        {
            using var parsed = JsonDocument.Parse(message.Payload);
            document = parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            return;
        }

        if (call.Talk.Json)
        {
            var line = new JsonObject { ["topic"] = message.Topic };
            line["payload"] = JsonNode.Parse(JsonText.OneLine(document));
            call.WriteLine(JsonText.Of(line));
            return;
        }

        string time = call.Terminal.Time.GetLocalNow().ToString("HH:mm:ss");
        string text = kind switch
        {
            "update/documents" => Changes(document),
            "update/delta" => $"delta     version {Cells.Of(document, "version")}  the device shall: {Values(document.GetProperty("state"))}",
            "update/rejected" => $"rejected  {Cells.Of(document, "code")} {Cells.Of(document, "message")}",
            _ => $"deleted   version {Cells.Of(document, "version")}",
        };
        call.WriteLine($"{time}  {(shadow is null ? "" : Cells.Safe(shadow) + "  ")}{text}");
    }

    private static string Changes(JsonElement document)
    {
        var before = State(document, "previous");
        var after = State(document, "current");
        var parts = new List<string>();
        foreach (var (path, value) in after)
        {
            if (!before.TryGetValue(path, out string? old))
                parts.Add($"{path}={value}");
            else if (old != value)
                parts.Add($"{path}: {old} -> {value}");
        }

        parts.AddRange(before.Keys.Where(path => !after.ContainsKey(path)).Select(static path => $"{path} gone"));
        string version = document.TryGetProperty("current", out var current) ? Cells.Of(current, "version") : "-";
        return $"changed   version {version}  {(parts.Count == 0 ? "nothing differs" : Cells.Safe(string.Join("  ", parts)))}";
    }

    private static Dictionary<string, string> State(JsonElement document, string which) =>
        document.TryGetProperty(which, out var side) && side.ValueKind == JsonValueKind.Object && side.TryGetProperty("state", out var state)
            ? ShadowPath.Flatten(state).ToDictionary(static entry => entry.Path, static entry => entry.Value.GetRawText(), StringComparer.Ordinal)
            : [];

    private static string Values(JsonElement state) => Cells.Safe(string.Join("  ", ShadowPath.Flatten(state).Select(static entry => $"{entry.Path}={entry.Value.GetRawText()}")));
}
