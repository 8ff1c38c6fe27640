namespace Fairlead.Features.Console.Topics;

/// <summary>A level of the tree of topics. Belongs to its <see cref="TopicTree"/>, whose lock guards it.</summary>
/// <param name="parent">Level above; null for the root.</param>
/// <param name="name">Name of the level.</param>
/// <param name="path">Whole topic to here.</param>
internal sealed class TopicNode(TopicNode? parent, string name, string path)
{
    private static readonly Comparer<TopicNode> ByName = Comparer<TopicNode>.Create(static (one, other) => string.CompareOrdinal(one.Name, other.Name));
    private readonly Dictionary<string, TopicNode> _named = new(StringComparer.Ordinal);
    private SortedSet<TopicNode>? _children;
    private long _countThen;
    private long _then;
    private double _rate;

    /// <summary>Level above; null for the root.</summary>
    public TopicNode? Parent { get; } = parent;

    /// <summary>Name of the level.</summary>
    public string Name { get; } = name;

    /// <summary>Whole topic to here.</summary>
    public string Path { get; } = path;

    /// <summary>Messages to this very topic.</summary>
    public long Own { get; set; }

    /// <summary>Messages to it and everything below.</summary>
    public long Total { get; set; }

    /// <summary>Payload bytes of the messages to this very topic.</summary>
    public long Bytes { get; set; }

    /// <summary>The window that the next two count for; see <see cref="TopicTree.Window"/>.</summary>
    public int Window { get; set; }

    /// <summary>Messages to this very topic in that window.</summary>
    public long WindowCount { get; set; }

    /// <summary>Their payload bytes.</summary>
    public long WindowBytes { get; set; }

    /// <summary>Topics below, itself included when it had a message.</summary>
    public int Topics { get; set; }

    /// <summary>Whether it had a message, or has one that is retained.</summary>
    public bool IsTopic { get; set; }

    /// <summary>The last payload that was kept, cut at <see cref="TopicTree.LongestKept"/>; null when none was.</summary>
    public byte[]? Payload { get; set; }

    /// <summary>Bytes of it as it came.</summary>
    public int Size { get; set; }

    /// <summary>QoS of the last message.</summary>
    public int QoS { get; set; }

    /// <summary>When the last message came, milliseconds since the Unix epoch; 0 for never.</summary>
    public long At { get; set; }

    /// <summary>Whether there are levels below.</summary>
    public bool HasChildren => _children is not null;

    /// <summary>Levels below in order.</summary>
    public IEnumerable<TopicNode> Children => _children ?? Enumerable.Empty<TopicNode>();

    /// <summary>How many there are.</summary>
    public int ChildCount => _children?.Count ?? 0;

    /// <summary>The level below of that name, made when missing.</summary>
    public TopicNode Child(string child)
    {
        if (_named.TryGetValue(child, out var known)) return known;
        var made = new TopicNode(this, child, Parent is null ? child : $"{Path}/{child}");
        _named.Add(child, made);
        (_children ??= new SortedSet<TopicNode>(ByName)).Add(made);
        return made;
    }

    /// <summary>The level below of that name; null when there is none.</summary>
    public TopicNode? FindChild(string child) => _named.GetValueOrDefault(child);

    /// <summary>Messages a second between the last two looks that were at least a second apart.</summary>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    public double RateAt(long now)
    {
        if (_then == 0)
        {
            (_then, _countThen) = (now, Total);
        }
        else if (now - _then >= 1_000)
        {
            _rate = (Total - _countThen) * 1_000.0 / (now - _then);
            (_then, _countThen) = (now, Total);
        }

        return _rate;
    }
}
