using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Topics;

/// <summary><c>fairlead topic diff</c>: what each message changes against the one before it on its topic.</summary>
internal sealed class TopicDiff(Terminal terminal)
{
    private const string Examples =
        """
        fairlead topic diff lamp1/state                 # until Ctrl-C; what is retained is where it begins
        fairlead topic diff 'plant/+/state' --count 10
        fairlead topic diff lamp1/state --for 60 --json | jq -c '.changes[]?'
        """;

    private const int MostTopics = 10_000;
    private const int LongestFor = 86_400;

    public Command Create()
    {
        var verb = new ApiVerb(terminal, "topic diff", "Show what each message changes against the one before on its topic.", Examples, timeoutMeans: "Longest wait for the beginning of the answer");
        var filter = verb.Argument("topic", "Topic, or a filter that matches several.");
        var count = verb.Number("--count", "number", "End after so many messages (default: Ctrl-C).");
        var seconds = verb.Number("--for", "seconds", "End after so long; 5 when --count is given and has not come until then.", 1, LongestFor);
        return verb.Runs(async call =>
        {
            if (!TopicFilter.IsValid(call.Get(filter)))
                throw VerbException.Usage("cannot compare messages", $"{call.Get(filter)} is not a topic or a filter", "Give one such as lamp1/state or 'lamp1/#'");
            var run = new Run(call);
            try
            {
                await run.FollowAsync(call.Get(filter), call.Get(count), call.Get(seconds));
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                // Told to stop: that is how it ends. The summary is due all the same.
                run.Tell();
                return;
            }

            run.Tell();
            if (call.Get(count) is { } wanted && run.Messages < wanted)
            {
                throw call.Get(seconds) is { } limit
                    ? new VerbException(ExitCode.Timeout, "not as many messages came", $"{run.Messages} of {wanted} within {limit} s", "Wait longer with --for, or look at fairlead topic ls")
                    : new VerbException(ExitCode.NotFound, "not as many messages came", "the hub closed the connection", "Check that the hub runs, and start again");
            }
        });
    }

    /// <summary>One run: the last payload of each topic, and what was seen.</summary>
    private sealed class Run(ApiCall call)
    {
        private readonly Dictionary<string, byte[]> _last = new(StringComparer.Ordinal);
        private int _changed;
        private long _skipped;
        private long _beyond;

        public int Messages { get; private set; }

        public async Task FollowAsync(string filter, int? count, int? seconds)
        {
            string path = HubRequest.Query("/v1/topics/messages", ("filter", filter), ("for", seconds?.ToString(CultureInfo.InvariantCulture)));
            await foreach (string line in call.Hub.LinesAsync(HubRequest.Get(path), $"cannot follow {filter}", call.Cancellation))
            {
                using var document = JsonDocument.Parse(line);
                var root = document.RootElement;
                if (root.TryGetProperty("watching", out _))
                    call.Say($"watching {Cells.Safe(filter)}; Ctrl-C ends");
                else if (root.TryGetProperty("skipped", out var skipped))
                    _skipped += skipped.GetInt64();
                else
                    Take(root);
                await call.Terminal.Output.FlushAsync(call.Cancellation);
                if (Messages >= count)
                    return;
            }
        }

        /// <summary>Tells what was seen and what was not.</summary>
        public void Tell()
        {
            call.WriteJson(new JsonObject
            {
                ["summary"] = new JsonObject { ["messages"] = Messages, ["changed"] = _changed, ["topics"] = _last.Count, ["skipped"] = _skipped, ["uncompared"] = _beyond },
            });
            call.Say($"{Messages} messages on {_last.Count} topics, {_changed} changed something");
            if (_skipped > 0)
                call.Say($"  {_skipped} messages came too fast to be shown");
            if (_beyond > 0)
                call.Say($"  {_beyond} messages were on further topics than the {MostTopics} that are compared: give a narrower filter");
        }

        private void Take(JsonElement message)
        {
            string topic = message.GetProperty("topic").GetString()!;
            byte[] payload = message.GetProperty("payload").GetBytesFromBase64();
            bool isKnown = _last.TryGetValue(topic, out byte[]? before);
            if (!isKnown && _last.Count >= MostTopics)
            {
                _beyond++;
                return;
            }

            _last[topic] = payload;
            // What is retained is where it begins.
            if (!isKnown && message.GetProperty("retain").GetBoolean() && !message.TryGetProperty("clientId", out _))
                return;
            Messages++;
            var difference = before is null ? null : PayloadDifference.Of(before, payload);
            if (difference is { Changes.Count: > 0 })
                _changed++;
            Write(message, topic, payload, difference);
        }

        private void Write(JsonElement message, string topic, byte[] payload, PayloadDifference? difference)
        {
            long at = message.GetProperty("at").GetInt64();
            if (call.Talk.Json)
            {
                var document = new JsonObject { ["at"] = at, ["topic"] = topic, ["size"] = payload.Length, ["first"] = difference is null };
                if (difference is not null)
                {
                    document["kind"] = difference.Kind;
                    document["changes"] = new JsonArray([.. difference.Changes.Select(Describe)]);
                }

                call.WriteJson(document);
                return;
            }

            string time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), call.Terminal.Time.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            string what = difference switch
            {
                null => $"(the first, {payload.Length} bytes)",
                { Changes.Count: 0 } => "(nothing changed)",
                _ => string.Join("; ", difference.Changes.Select(static change => change.Shown)),
            };
            call.WriteLine($"{time}  {Cells.Safe(topic)}  {what}");
        }

        private static JsonNode Describe(PayloadChange change)
        {
            var document = new JsonObject { ["path"] = change.Path };
            if (change.Before is { } before)
                document["before"] = JsonNode.Parse(before);
            if (change.After is { } after)
                document["after"] = JsonNode.Parse(after);
            return document;
        }
    }
}
