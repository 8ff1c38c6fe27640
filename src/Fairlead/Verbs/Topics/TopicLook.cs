using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Topics;

/// <summary>One watch of topics at the hub, from its first look to its end.</summary>
internal sealed class TopicLook(ApiCall call, string? filter, string order, string? search) : IAsyncDisposable
{
    /// <summary>How long the hub looks when nothing is said, seconds.</summary>
    public const int UsualSeconds = 2;

    /// <summary>Most topics in one answer.</summary>
    public const int MostRows = 1_000;

    private const string Path = "/v1/topics";
    private const string What = "cannot list topics";

    private string? _watch;
    private JsonElement? _last;
    private double _seconds;

    /// <summary>Looks, and gives all topics in pages.</summary>
    /// <param name="seconds">How long it looks.</param>
    /// <param name="most">At most so many topics.</param>
    public async IAsyncEnumerable<JsonElement> AllAsync(int seconds, int most)
    {
        string? after = null;
        do
        {
            foreach (var entry in (await AskAsync(seconds, Math.Min(most, MostRows), after)).EnumerateArray())
            {
                most--;
                yield return entry;
            }

            // The pages behind the first belong to the same look.
            seconds = 0;
            after = _last is { } last && last.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (after is not null && most > 0);
    }

    /// <summary>Looks, and gives the first topics in the order that was wished.</summary>
    public Task<JsonElement> NextAsync(int seconds, int rows) => AskAsync(seconds, rows, null);

    /// <summary>Tells what was looked at and, above all, what was not seen.</summary>
    public void Tell()
    {
        if (_last is not { } last)
            return;
        long messages = last.GetProperty("messages").GetInt64();
        long skipped = last.GetProperty("skipped").GetInt64();
        long uncounted = last.GetProperty("uncounted").GetInt64();
        bool full = last.GetProperty("full").GetBoolean();
        int known = last.GetProperty("known").GetInt32();
        double rate = _seconds > 0 ? messages / _seconds : 0;
        call.WriteJson(new JsonObject
        {
            ["summary"] = new JsonObject
            {
                ["seconds"] = Math.Round(_seconds, 3),
                ["known"] = known,
                ["messages"] = messages,
                ["perSecond"] = Math.Round(rate, 1),
                ["skipped"] = skipped,
                ["uncounted"] = uncounted,
                ["full"] = full,
            },
        });
        call.Say(string.Create(CultureInfo.InvariantCulture, $"{known} topics, {messages} messages in {_seconds:0.0} s ({rate:0.#} a second)"));
        if (skipped > 0)
            call.Say($"  {skipped} messages came too fast to keep their payloads: values may be older than the last message");
        if (uncounted > 0)
            call.Say($"  {uncounted} messages are in no topic's count: the hub counts 20,000 a second by topic, and 200,000 topics");
        if (full)
            call.Say("  there are more topics than the hub lists: give a filter");
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is null)
            return;
        try
        {
            // Also after Ctrl-C: the hub shall not count for nobody. It ends by itself when this does not arrive.
            await call.Hub.SendAsync(HubRequest.Delete($"{Path}/{HubRequest.Segment(_watch)}"), CancellationToken.None);
        }
        catch (VerbException)
        {
            // Whatever it is, the work has told of it already.
        }
    }

    private async Task<JsonElement> AskAsync(int seconds, int rows, string? after)
    {
        string path = HubRequest.Query(
            Path,
            ("watch", _watch),
            ("filter", _watch is null ? filter : null),
            ("for", seconds.ToString(CultureInfo.InvariantCulture)),
            ("sort", order),
            ("search", search),
            ("limit", rows.ToString(CultureInfo.InvariantCulture)),
            ("after", after));
        // The hub's own time runs before it answers.
        var answer = await call.Hub.SendAsync(HubRequest.Get(path) with { Timeout = call.Talk.Timeout + TimeSpan.FromSeconds(seconds) }, call.Cancellation);
        if (!answer.IsSuccess)
            throw answer.ToException(What);
        if (answer.Status != HttpStatusCode.OK || answer.Json() is not { ValueKind: JsonValueKind.Object } page || !page.TryGetProperty("topics", out var topics))
            throw new VerbException(ExitCode.Failed, What, "the answer is not that of a Fairlead hub", "Check that --url names the hub's HTTP listener");
        _watch = page.GetProperty("watch").GetString();
        _last = page;
        if (seconds > 0)
            _seconds += page.GetProperty("seconds").GetDouble();
        return topics;
    }
}
