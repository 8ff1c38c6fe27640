using System.Text;

namespace Fairlead.Features.Console.Topics;

/// <summary>The topics that one page has seen, with counts for each level. Bounded in topics and in bytes; not safe for several threads.</summary>
internal sealed class TopicTree
{
    /// <summary>Longest part of a payload that is kept for the list, bytes.</summary>
    public const int LongestKept = 4 * 1024;

    private const int MostTopics = 200_000;
    private const long MostBytes = 64 * 1024 * 1024;
    private readonly Dictionary<byte[], TopicNode> _topics = new(new TopicBytes());
    private readonly Dictionary<byte[], TopicNode>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private long _bytes;

    /// <summary>Makes an empty tree.</summary>
    public TopicTree() => _lookup = _topics.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The level above all others.</summary>
    public TopicNode Root { get; } = new(null, "", "");

    /// <summary>Topics in it.</summary>
    public int Count => _topics.Count;

    /// <summary>Topics that are not in it because it is full.</summary>
    public long Missed { get; private set; }

    /// <summary>Finds a topic, or takes it up.</summary>
    /// <returns>Null when the tree is full.</returns>
    public TopicNode? Get(ReadOnlySpan<byte> topic)
    {
        if (_lookup.TryGetValue(topic, out var known)) return known;
        if (_topics.Count >= MostTopics)
        {
            Missed++;
            return null;
        }

        var node = Root;
        foreach (var level in Encoding.UTF8.GetString(topic).Split('/')) node = node.Child(level);
        _topics.Add(topic.ToArray(), node);
        if (!node.IsTopic)
        {
            node.IsTopic = true;
            for (var above = node; above is not null; above = above.Parent) above.Topics++;
        }

        return node;
    }

    /// <summary>Number of the span of time whose messages are counted apart, for rates. Whoever adds one begins a new one.</summary>
    public int Window { get; set; }

    /// <summary>All topics in it, in no particular order.</summary>
    public IReadOnlyCollection<TopicNode> Topics => _topics.Values;

    /// <summary>Counts a message.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="bytes">Bytes of its payload.</param>
    public void Tally(TopicNode topic, int bytes)
    {
        if (topic.Window != Window) (topic.Window, topic.WindowCount, topic.WindowBytes) = (Window, 0, 0);
        topic.Own++;
        topic.Bytes += bytes;
        topic.WindowCount++;
        topic.WindowBytes += bytes;
        for (var level = topic; level is not null; level = level.Parent) level.Total++;
    }

    /// <summary>Keeps a payload for the list, unless there is no room.</summary>
    public void Keep(TopicNode topic, ReadOnlySpan<byte> payload)
    {
        var kept = payload[..Math.Min(payload.Length, LongestKept)];
        topic.Size = payload.Length;
        var change = kept.Length - (topic.Payload?.Length ?? 0);
        if (change > 0 && _bytes + change > MostBytes) return;
        if (change == 0 && topic.Payload is { } same) kept.CopyTo(same);
        else topic.Payload = kept.ToArray();
        _bytes += change;
    }

    /// <summary>Finds a level by its path; null when it is not there.</summary>
    public TopicNode? Find(string path)
    {
        if (path.Length == 0) return Root;
        TopicNode? node = Root;
        foreach (var level in path.Split('/')) node = node?.FindChild(level);
        return node;
    }

    /// <summary>Topics whose name holds a text, in no particular order.</summary>
    public IEnumerable<TopicNode> Search(string text) =>
        _topics.Values.Where(node => node.Path.Contains(text, StringComparison.OrdinalIgnoreCase));
}
