using System.Text;
using Fairlead.Features.Api;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Topics;

/// <summary>
/// <c>/v1/topics</c>: what is published, for programs. A hub counts by topic only while somebody looks, so the first call begins a watch that further
/// calls go on with; it ends when nobody has asked for a while. What is retained is in the list from the beginning.
/// </summary>
internal sealed class TopicListings(FeatureContext context, TopicTap tap)
{
    /// <summary>A watch that nobody has asked about for so long ends.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int MostWatches = 20;
    private const int LongestLook = 60;
    private const int UsualLook = 2;
    private const int UsualRows = 100;
    private const int MostRows = 1_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <summary>The operations.</summary>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Hub("ListPublishedTopics", "GET", "/v1/topics", ListAsync),
        ApiOperation.Hub("EndTopicWatch", "DELETE", "/v1/topics/{watch}", request => new(EndWatch(request))),
    ];

    /// <summary>Ends all watches, when the hub does.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            foreach (var id in _held.Keys.ToArray()) Remove(id);
        }
    }

    private async ValueTask<ApiResponse> ListAsync(ApiRequest request)
    {
        var wish = Wish.Of(request);
        var (id, held) = request.Query("watch") is { Length: > 0 } given ? (given, Take(given, request)) : Begin(request);
        try
        {
            var seconds = request.QueryNumber("for", 0, LongestLook) ?? (held.IsNew ? UsualLook : 0);
            if (seconds > 0)
            {
                held.BeginWindow(context);
                await Task.Delay(TimeSpan.FromSeconds(seconds), context.Time, request.Aborted).ConfigureAwait(false);
            }

            held.IsNew = false;
            return ApiResponse.Json(Look(id, held, wish), ConsoleJson.Default.TopicListDocument);
        }
        finally
        {
            Release(held);
        }
    }

    private ApiResponse EndWatch(ApiRequest request)
    {
        var id = request.Label();
        lock (_lock)
        {
            if (!_held.ContainsKey(id)) throw NoWatch();
            Remove(id);
        }

        return ApiResponse.Done;
    }

    private static ApiException NoWatch() =>
        ApiException.NotFound($"there is no such watch: one ends {Patience.TotalSeconds:0} s after the last question; leave watch out to begin another");

    private (string Id, Held Held) Begin(ApiRequest request)
    {
        var filter = request.Query("filter") is { Length: > 0 } given ? given : "#";
        if (!TopicFilter.IsValid(filter) || TopicFilter.IsShared(filter)) throw ApiException.InvalidRequest($"filter must be a Topic Filter, not a shared one: '{filter}'");
        var held = new Held(new TopicWatch(Encoding.UTF8.GetBytes(filter), context.Time) { Records = false }, context.Time.GetTimestamp());
        var id = Guid.NewGuid().ToString("N");
        lock (_lock)
        {
            if (_held.Count >= MostWatches) throw ApiException.ServiceUnavailable($"{MostWatches} watches of topics run already: end one, or wait until one ends by itself");
            held.Timer = context.Time.CreateTimer(_ => EndForgotten(id), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _held.Add(id, held);
        }

        held.IsWhole = TopicPages.Seed(context, held.Watch);
        tap.Add(held.Watch);
        return (id, held);
    }

    private Held Take(string id, ApiRequest request)
    {
        if (request.Query("filter") is not null) throw ApiException.InvalidRequest("filter belongs to the beginning of a watch: leave it out, or leave watch out");
        lock (_lock)
        {
            if (!_held.TryGetValue(id, out var held)) throw NoWatch();
            held.Users++;
            return held;
        }
    }

    private void Release(Held held)
    {
        lock (_lock)
        {
            if (--held.Users > 0) return;
            held.Until = context.Time.GetUtcNow() + Patience;
            held.Timer?.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndForgotten(string id)
    {
        lock (_lock)
        {
            // Somebody may have asked in the same moment.
            if (_held.TryGetValue(id, out var held) && held.Users == 0 && context.Time.GetUtcNow() >= held.Until) Remove(id);
        }
    }

    private void Remove(string id)
    {
        if (!_held.Remove(id, out var held)) return;
        held.Timer?.Dispose();
        held.Timer = null;
        tap.Remove(held.Watch);
    }

    private TopicListDocument Look(string id, Held held, Wish wish)
    {
        var chosen = Choose(held.Watch, wish);
        var seconds = context.Time.GetElapsedTime(held.WindowBegan).TotalSeconds;
        var rows = new List<TopicEntryDocument>(Math.Min(chosen.Count, wish.Limit));
        var tree = held.Watch.Tree;
        TopicListDocument list;
        lock (held.Watch.Lock)
        {
            foreach (var node in chosen.Take(wish.Limit)) rows.Add(Describe(node, tree.Window, seconds));
            list = new TopicListDocument(
                id, Math.Round(seconds, 3), [], null, tree.Count, held.Watch.Messages, held.Watch.Skipped, held.Watch.Uncounted, !held.IsWhole || tree.Missed > 0);
        }

        // Outside the lock: the retained store has one of its own.
        return list with
        {
            Topics = [.. rows.Select(row => row with { Retained = context.Broker.FindRetained(row.Topic) is not null })],
            Next = wish.Order == Order.Topic && chosen.Count > wish.Limit ? rows[^1].Topic : null,
        };
    }

    /// <summary>The topics to be shown and one more, when there is one. Publishers wait for the lock: under it keys are copied and nothing else is done.</summary>
    private static List<TopicNode> Choose(TopicWatch watch, Wish wish)
    {
        (TopicNode Node, long Key)[] all;
        lock (watch.Lock)
        {
            var window = watch.Tree.Window;
            all = new (TopicNode, long)[watch.Tree.Count];
            var i = 0;
            foreach (var node in watch.Tree.Topics) all[i++] = (node, KeyOf(node, wish.Order, window));
        }

        // The largest of those that are kept lies on top, and goes when a smaller one comes.
        var kept = new PriorityQueue<TopicNode, (TopicNode Node, long Key)>(
            Comparer<(TopicNode Node, long Key)>.Create(static (one, other) => one.Key != other.Key ? one.Key.CompareTo(other.Key) : string.CompareOrdinal(other.Node.Path, one.Node.Path)));
        foreach (var entry in all)
        {
            if (!wish.Wants(entry.Node, entry.Key)) continue;
            if (kept.Count <= wish.Limit) kept.Enqueue(entry.Node, entry);
            else kept.EnqueueDequeue(entry.Node, entry);
        }

        var chosen = new List<TopicNode>(kept.Count);
        while (kept.TryDequeue(out var node, out _)) chosen.Add(node);
        chosen.Reverse();
        return chosen;
    }

    private static long KeyOf(TopicNode node, Order order, int window) => order switch
    {
        Order.Count => node.Own,
        Order.Rate => node.Window == window ? node.WindowCount : 0,
        Order.Bytes => node.Window == window ? node.WindowBytes : 0,
        _ => 0,
    };

    private static TopicEntryDocument Describe(TopicNode node, int window, double seconds)
    {
        var (count, bytes) = node.Window == window && seconds > 0 ? (node.WindowCount / seconds, node.WindowBytes / seconds) : (0, 0);
        var text = TopicPages.Preview(node.Payload);
        return new TopicEntryDocument(
            node.Path, node.Own, node.Bytes, Math.Round(count, 2), Math.Round(bytes, 1), false, node.At == 0 ? null : node.At, node.Payload is null ? null : node.Size, text,
            text is null && node.Payload is { } payload ? payload[..Math.Min(payload.Length, TopicPages.LongestPreview)] : null);
    }

    private enum Order
    {
        Topic,
        Count,
        Rate,
        Bytes,
    }

    /// <summary>What of a watch somebody wants to see.</summary>
    private sealed record Wish(Order Order, int Limit, string? After, string? Search)
    {
        public static Wish Of(ApiRequest request)
        {
            var order = request.Query("sort") switch
            {
                null or "topic" => Order.Topic,
                "count" => Order.Count,
                "rate" => Order.Rate,
                "bytes" => Order.Bytes,
                var other => throw ApiException.InvalidRequest($"sort must be topic, count, rate or bytes, not '{other}'"),
            };
            var after = request.Query("after");
            if (after is not null && order != Order.Topic) throw ApiException.InvalidRequest("after is for lists sorted by topic: the others change from look to look");
            return new Wish(order, (int)(request.QueryNumber("limit", 1, MostRows) ?? UsualRows), after, request.Query("search") is { Length: > 0 } text ? text : null);
        }

        // Whoever asks for the busiest does not want those that were silent.
        public bool Wants(TopicNode node, long key) =>
            (Order == Order.Topic || key > 0)
            && (After is null || string.CompareOrdinal(node.Path, After) > 0)
            && (Search is null || node.Path.Contains(Search, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A watch between two questions.</summary>
    private sealed class Held(TopicWatch watch, long began)
    {
        public TopicWatch Watch => watch;

        public long WindowBegan { get; private set; } = began;

        public bool IsNew { get; set; } = true;

        public bool IsWhole { get; set; }

        public int Users { get; set; } = 1;

        public DateTimeOffset Until { get; set; }

        public ITimer? Timer { get; set; }

        public void BeginWindow(FeatureContext context)
        {
            lock (watch.Lock)
            {
                if (!IsNew) watch.Tree.Window++;
                WindowBegan = context.Time.GetTimestamp();
            }
        }
    }
}
