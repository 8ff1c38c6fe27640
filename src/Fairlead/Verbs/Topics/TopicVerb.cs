using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fairlead.Protocols.Mqtt;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Topics;

/// <summary><c>fairlead topic ls|top|diff</c>: what is published, as the hub sees it.</summary>
internal sealed class TopicVerb(Terminal terminal)
{
    private const int LongestLook = 60;
    private const int LongestFor = 86_400;
    private const int LongestValue = 60;

    private static readonly Column[] Columns =
        ["topic", "count", "rate", "bytesRate", new("last", static entry => TimeOf(entry)), "size", "retained", new("value", static entry => ValueOf(entry))];

    public Command Create() => new("topic", "What is published: topics with their counts and last values, the busiest, what changes.") { List(), Top(), new TopicDiff(terminal).Create() };

    private Command List()
    {
        const string Examples =
            """
            fairlead topic ls                               # what is retained, and what comes within 2 seconds
            fairlead topic ls 'lamp1/#' --for 10
            fairlead topic ls --search temp --json | jq -r '.topic // empty'
            """;
        var verb = new ApiVerb(terminal, "topic ls", "List topics: those with a retained message, and those that something comes on while the hub looks.", Examples);
        var filter = verb.Optional("filter", "Topic Filter (default # : all but those that begin with $).");
        var seconds = verb.Number("--for", "seconds", "Look for so long (default 2).", 0, LongestLook);
        var search = verb.Text("--search", "text", "Only topics that hold this text.");
        var sort = verb.Text("--sort", "order", "topic (default), count, rate or bytes.");
        var limit = verb.Limit();
        return verb.Runs(async call =>
        {
            string order = Order(call.Get(sort) ?? "topic", "topic", "count", "rate", "bytes");
            Check(call.Get(filter));
            await using var look = new TopicLook(call, call.Get(filter), order, call.Get(search));
            var listing = new Listing(call, Columns);
            int left = call.Get(limit) ?? int.MaxValue;
            await foreach (var entry in look.AllAsync(call.Get(seconds) ?? TopicLook.UsualSeconds, left))
                listing.Add(entry);
            listing.End();
            look.Tell();
        });
    }

    private Command Top()
    {
        const string Examples =
            """
            fairlead topic top                              # the ten busiest of 2 seconds
            fairlead topic top 'plant/#' --sort bytes --for 10 --limit 20
            fairlead topic top --watch --interval 5         # again and again until Ctrl-C
            fairlead topic top --watch --count 3 --json | jq -c 'select(.topic) | [.topic, .rate]'
            """;
        var verb = new ApiVerb(terminal, "topic top", "Show the busiest topics: messages and bytes a second.", Examples);
        var filter = verb.Optional("filter", "Topic Filter (default # : all but those that begin with $).");
        var sort = verb.Text("--sort", "order", "rate (default) or bytes.");
        var limit = verb.Number("--limit", "number", "At most so many topics (default 10).", 1, TopicLook.MostRows);
        var watch = verb.Flag("--watch", "Look again and again, until Ctrl-C, --count or --for.");
        var interval = verb.Number("--interval", "seconds", "Length of one look with --watch (default 2).", 1, LongestLook);
        var count = verb.Number("--count", "number", "With --watch, end after so many looks.");
        var seconds = verb.Number("--for", "seconds", $"Look for so long (default 2, at most {LongestLook}); with --watch, end after so long.", 1, LongestFor);
        return verb.Runs(async call =>
        {
            string order = Order(call.Get(sort) ?? "rate", "rate", "bytes");
            int rows = call.Get(limit) ?? 10;
            Check(call.Get(filter));
            await using var look = new TopicLook(call, call.Get(filter), order, null);
            try
            {
                if (call.Get(watch))
                {
                    await WatchAsync(call, look, rows, call.Get(interval) ?? TopicLook.UsualSeconds, call.Get(count), call.Get(seconds));
                }
                else
                {
                    if (call.Get(interval) is not null || call.Get(count) is not null)
                        throw VerbException.Usage("cannot look so", "--interval and --count are for --watch", "Give --watch too");
                    if (call.Get(seconds) > LongestLook)
                        throw VerbException.Usage("cannot look so long at once", $"--for takes at most {LongestLook} without --watch", "Give --watch too");
                    await ShowAsync(call, look, rows, call.Get(seconds) ?? TopicLook.UsualSeconds);
                }
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                // Told to stop: that is how it ends. The summary is due all the same.
            }

            look.Tell();
        });
    }

    private static async Task WatchAsync(ApiCall call, TopicLook look, int rows, int interval, int? count, int? seconds)
    {
        int left = seconds ?? int.MaxValue;
        for (int shown = 0; shown < (count ?? int.MaxValue) && left > 0; shown++)
        {
            if (shown > 0 && !call.Talk.Json)
                call.WriteLine("");
            await ShowAsync(call, look, rows, Math.Min(interval, left));
            await call.Terminal.Output.FlushAsync(call.Cancellation);
            left -= interval;
        }
    }

    private static async Task ShowAsync(ApiCall call, TopicLook look, int rows, int seconds)
    {
        var page = await look.NextAsync(seconds, rows);
        var listing = new Listing(call, "topic", "rate", "bytesRate", "count", "bytes", new("value", static entry => ValueOf(entry)));
        foreach (var entry in page.EnumerateArray())
            listing.Add(entry);
        listing.End();
    }

    private static string Order(string given, params ReadOnlySpan<string> known)
    {
        foreach (string one in known)
        {
            if (one == given)
                return given;
        }

        throw VerbException.Usage("cannot sort so", $"--sort takes {string.Join(", ", known)}, not {given}", "Give one of them");
    }

    private static void Check(string? filter)
    {
        if (filter is not null && (!TopicFilter.IsValid(filter) || TopicFilter.IsShared(filter)))
            throw VerbException.Usage("cannot list topics", $"{filter} is not a topic filter", "Give one such as 'lamp1/#'");
    }

    private static string TimeOf(JsonElement entry) => entry.TryGetProperty("at", out var at)
        ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        : "-";

    private static string ValueOf(JsonElement entry)
    {
        if (!entry.TryGetProperty("value", out var value))
            return entry.TryGetProperty("valueBase64", out _) ? "(not text)" : "-";
        string text = Cells.Safe(value.GetString()!);
        return text.Length <= LongestValue ? text : string.Concat(text.AsSpan(0, LongestValue), "...");
    }
}
