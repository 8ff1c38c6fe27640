using System.Collections.Concurrent;
using System.Text;
using System.Text.Unicode;
using Fairlead.Broker.Extensions;
using Fairlead.Features.Api;
using Fairlead.Features.Console.Messages;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Topics;

/// <summary>The page of topics: a stream for what is to be seen, and calls that say what that is.</summary>
internal sealed class TopicPages(FeatureContext context, TopicTap tap, StreamPlaces places)
{
    /// <summary>Longest beginning of a payload that a list shows, bytes.</summary>
    public const int LongestPreview = 160;

    private const int RowsOfLevel = 200;
    private const int MostOpen = 50;
    private const int MostSeeded = 10_000;
    private const int MostDeleted = 100_000;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, TopicWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("WatchTopics", "GET", "/v1/console/topics", request => new(Watch(request))),
        ApiOperation.Hub("SetTopicView", "POST", "/v1/console/topics/{watch}", request => new(SetView(request))),
        ApiOperation.Hub("ExportTopics", "GET", "/v1/console/topics/{watch}/export", request => new(Export(request))),
        ApiOperation.Hub("DeleteRetained", "POST", "/v1/console/retained/delete", DeleteRetainedAsync),
    ];

    private ApiResponse Watch(ApiRequest request)
    {
        var filter = request.Query("filter") is { Length: > 0 } given ? given : "#";
        if (!TopicFilter.IsValid(filter) || TopicFilter.IsShared(filter)) throw ApiException.InvalidRequest("filter must be a Topic Filter, not a shared one");
        return places.Open(stream => RunAsync(new TopicWatch(Encoding.UTF8.GetBytes(filter), context.Time), stream));
    }

    private async Task RunAsync(TopicWatch watch, EventStream stream)
    {
        var id = Guid.NewGuid().ToString("N");
        _ = Seed(context, watch);
        _watches[id] = watch;
        tap.Add(watch);
        try
        {
            await stream.SendAsync("watch", ConsoleJson.Write(new WatchDocument(id), ConsoleJson.Default.WatchDocument)).ConfigureAwait(false);
            await SendAsync(watch, stream).ConfigureAwait(false);
        }
        finally
        {
            tap.Remove(watch);
            _watches.TryRemove(id, out _);
        }
    }

    private async Task SendAsync(TopicWatch watch, EventStream stream)
    {
        var number = 0L;
        string? selected = null;
        using var timer = new PeriodicTimer(Period, context.Time);
        var tick = timer.WaitForNextTickAsync(stream.Gone).AsTask();
        while (!stream.Gone.IsCancellationRequested)
        {
            var other = watch.NextView;
            TopicViewDocument view;
            List<WatchedMessage> messages;
            lock (watch.Lock)
            {
                if (watch.View.Select != selected) (selected, number) = (watch.View.Select, 0);
                view = Look(watch);
                messages = [.. watch.ChosenAfter(number)];
            }

            await stream.SendAsync("view", ConsoleJson.Write(Complete(view), ConsoleJson.Default.TopicViewDocument)).ConfigureAwait(false);
            foreach (var message in messages)
            {
                number = message.Number;
                await stream.SendAsync("message", ConsoleJson.Write(Describe(message), ConsoleJson.Default.TopicMessageDocument)).ConfigureAwait(false);
            }

            if (await Task.WhenAny(tick, other).ConfigureAwait(false) != tick) continue;
            await tick.ConfigureAwait(false);
            tick = timer.WaitForNextTickAsync(stream.Gone).AsTask();
        }
    }

    /// <summary>Takes up what is retained; false when that is more than is looked at.</summary>
    public static bool Seed(FeatureContext context, TopicWatch watch)
    {
        string? after = null;
        for (var seen = 0; seen < MostSeeded;)
        {
            var page = context.Broker.ListRetained(after, 500);
            if (page.Count == 0) return true;
            foreach (var message in page)
                if (watch.Covers(message.Topic)) watch.Seed(message);
            seen += page.Count;
            after = page[^1].TopicString;
        }

        return false;
    }

    // Under the lock of the watch, which the packet path waits for: as little as can be.
    private TopicViewDocument Look(TopicWatch watch)
    {
        var now = context.Now;
        var view = watch.View;
        var levels = new List<TopicLevelDocument>();
        if (view.Search is { Length: > 0 } text)
        {
            var found = watch.Tree.Search(text).Take(RowsOfLevel + 1).ToList();
            levels.Add(new TopicLevelDocument("", [.. found.Take(RowsOfLevel).OrderBy(static node => node.Path, StringComparer.Ordinal).Select(node => Row(node, now))], found.Count > RowsOfLevel ? 1 : 0));
        }
        else
        {
            levels.Add(Level(watch.Tree.Root, now));
            foreach (var path in (view.Open ?? []).Take(MostOpen))
                if (path.Length > 0 && watch.Tree.Find(path) is { HasChildren: true } node) levels.Add(Level(node, now));
        }

        var selected = view.Select is { } topic && watch.Tree.Find(topic) is { } chosen ? Row(chosen, now) : null;
        return new TopicViewDocument(
            watch.Tree.Count, watch.Messages, watch.Tree.Root.RateAt(now), watch.Recorded, watch.Skipped, watch.Missed, view.Paused, watch.Tree.Missed > 0, levels,
            selected);
    }

    private static TopicLevelDocument Level(TopicNode node, long now) =>
        new(node.Path, [.. node.Children.Take(RowsOfLevel).Select(child => Row(child, now))], Math.Max(0, node.ChildCount - RowsOfLevel));

    private static TopicRowDocument Row(TopicNode node, long now) => new(
        node.Path, node.Name, node.Topics, node.Own, node.Total, Math.Round(node.RateAt(now), 2), node.HasChildren, false, node.At, node.Size, Preview(node.Payload));

    /// <summary>The beginning of a payload as text; null when there is none or it is no text.</summary>
    public static string? Preview(byte[]? payload)
    {
        if (payload is null) return null;
        // Not in the middle of a character.
        var length = Math.Min(payload.Length, LongestPreview);
        while (length > 0 && length < payload.Length && (payload[length] & 0xC0) == 0x80) length--;
        var start = payload.AsSpan(0, length);
        return Utf8.IsValid(start) ? Encoding.UTF8.GetString(start) : null;
    }

    // Outside the lock: the retained store has one of its own.
    private TopicViewDocument Complete(TopicViewDocument view) => view with
    {
        Levels = [.. view.Levels.Select(level => level with { Rows = [.. level.Rows.Select(WithRetained)] })],
        Selected = view.Selected is { } selected ? WithRetained(selected) : null,
    };

    private TopicRowDocument WithRetained(TopicRowDocument row) => row with { Retained = context.Broker.FindRetained(row.Path) is not null };

    private static TopicMessageDocument Describe(WatchedMessage message) => new(
        message.Number, message.At, message.Topic, message.Payload, message.Size, message.QoS, message.Retain, message.ClientId,
        PropertiesDocument.Of(message.Properties));

    private TopicWatch Find(ApiRequest request) =>
        _watches.TryGetValue(request.Label(), out var watch) ? watch : throw ApiException.NotFound("the stream has ended: open the page again");

    private ApiResponse SetView(ApiRequest request)
    {
        Find(request).Show(request.Body(ConsoleJson.Default.TopicViewInput));
        return ApiResponse.Done;
    }

    private ApiResponse Export(ApiRequest request)
    {
        var messages = Find(request).Export();
        return new ApiResponse(200, default)
        {
            ContentType = "application/x-ndjson",
            Headers = [new("Content-Disposition", "attachment; filename=\"messages.ndjson\"")],
            Stream = async (body, gone) =>
            {
                foreach (var message in messages)
                {
                    await body.WriteAsync(ConsoleJson.Write(Describe(message), ConsoleJson.Default.TopicMessageDocument), gone).ConfigureAwait(false);
                    await body.WriteAsync("\n"u8.ToArray(), gone).ConfigureAwait(false);
                }
            },
        };
    }

    private async ValueTask<ApiResponse> DeleteRetainedAsync(ApiRequest request)
    {
        var input = request.Body(ConsoleJson.Default.RetainedInput);
        if (input.Topic is not { Length: > 0 } topic || !TopicName.IsValid(topic)) throw ApiException.InvalidRequest("topic must be a topic without wildcards");
        var topics = RetainedAt(topic);
        if (!input.Count)
        {
            foreach (var one in topics)
            {
                context.Broker.Publish(new PublishRequest
                {
                    Topic = one,
                    Retain = true,
                    QoS = QualityOfService.AtLeastOnce,
                    Origin = PublishOrigin.Client,
                    Principal = request.Caller.ToPrincipal(),
                });
            }

            await context.Documents.CommitAsync().ConfigureAwait(false);
        }

        return ApiResponse.Json(new RetainedCountDocument(topics.Count), ConsoleJson.Default.RetainedCountDocument);
    }

    private List<string> RetainedAt(string topic)
    {
        var found = new List<string>();
        if (context.Broker.FindRetained(topic) is not null) found.Add(topic);
        var after = topic;
        while (found.Count < MostDeleted)
        {
            var page = context.Broker.ListRetained(after, 500);
            foreach (var message in page)
            {
                var name = message.TopicString;
                // They come level by level: what is below a topic follows it at once.
                if (!name.StartsWith(topic + "/", StringComparison.Ordinal)) return found;
                found.Add(name);
                after = name;
            }

            if (page.Count == 0) return found;
        }

        return found;
    }
}
