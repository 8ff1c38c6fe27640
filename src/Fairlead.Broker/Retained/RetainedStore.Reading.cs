using Fairlead.Broker.Durability;

namespace Fairlead.Broker.Retained;

/// <content>What services read: one message by its topic, and pages of all of them.</content>
internal sealed partial class RetainedStore
{
    /// <summary>The retained message of a topic; null when there is none.</summary>
    public Message? Find(string topic)
    {
        lock (_lock) return Descend(topic)?.Message is { } message && !message.IsExpired(broker.Now) ? message : null;
    }

    /// <summary>
    /// Retained messages behind a topic, ordered level by level. Visits the levels of that topic and what follows it, nothing before.
    /// </summary>
    /// <param name="after">Topic behind which to start, whether or not it is there; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    public List<Message> List(string? after, int limit)
    {
        var found = new List<Message>();
        lock (_lock) Walk(_root, after?.Split('/') ?? [], 0, limit, found);
        return found;
    }

    /// <summary>A node's message comes before those of its children.</summary>
    private static void Walk(Node node, string[] after, int depth, int limit, List<Message> found)
    {
        // On the path of the cursor, what the node itself holds was on an earlier page.
        if (after.Length < depth && node.Message is { } message) found.Add(message);
        if (node.Children is null || found.Count >= limit) return;
        string? from = depth < after.Length ? after[depth] : null;
        if (from is not null && node.Children.TryGetValue(from, out var cursor)) Walk(cursor, after, depth + 1, limit, found);
        // Nothing below a node is without a message, so that more children than places are never needed.
        var behind = node.Children.Where(child => from is null || string.CompareOrdinal(child.Key, from) > 0)
            .OrderBy(static child => child.Key, StringComparer.Ordinal).Take(limit - found.Count);
        foreach (var (_, child) in behind)
        {
            if (found.Count >= limit) return;
            Walk(child, [], 1, limit, found);
        }
    }
}
