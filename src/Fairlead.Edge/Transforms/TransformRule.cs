using System.Text;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Transforms;

/// <summary>One entry of <c>transforms</c>: what happens to messages of matching local topics on their way out (spec 17.9, 17.10).</summary>
internal sealed record TransformRule
{
    /// <summary>Least size of a payload that is worth compressing, unless set.</summary>
    public const int DefaultLeastBytes = 1024;

    private readonly byte[] _filter = [];

    /// <summary>Topic Filter for the local topic.</summary>
    public required string Topic
    {
        get => Encoding.UTF8.GetString(_filter);
        init => _filter = Encoding.UTF8.GetBytes(value);
    }

    /// <summary>Several messages in one publication; null for each by itself.</summary>
    public BatchLimits? Batch { get; init; }

    /// <summary>Compression.</summary>
    public PayloadEncoding Compress { get; init; }

    /// <summary>Smaller payloads are not compressed.</summary>
    public int LeastBytes { get; init; } = DefaultLeastBytes;

    /// <summary>The first rule that a topic matches; null for none.</summary>
    public static TransformRule? Find(IReadOnlyList<TransformRule> rules, string topic)
    {
        if (rules.Count == 0) return null;
        var name = Encoding.UTF8.GetBytes(topic);
        foreach (var rule in rules)
        {
            if (TopicFilter.Matches(rule._filter, name)) return rule;
        }

        return null;
    }
}
